// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What a figure was in one recording and is in another.
package struct Change: Equatable, Sendable {
  package var before = 0
  package var after = 0
  /// The variance of their difference: the sum of both; nil where it is not known.
  package var variance: Double? = 0

  /// Where blocks are sampled, what those without a sample may come to; 0 where all were recorded.
  ///
  /// Of them nothing is in the variance.
  package var unsampled = 0

  package init(before: Int = 0, after: Int = 0, variance: Double? = 0, unsampled: Int = 0) {
    self.before = before
    self.after = after
    self.variance = variance
    self.unsampled = unsampled
  }

  /// How much more it is.
  package var amount: Int { after.minus(before) }

  /// How much more it is, of what it was; nil where that was nothing.
  package var share: Double? {
    before > 0 ? Double(amount) / Double(before) : nil
  }

  /// The standard error of the difference, which is that of two independent estimates.
  package var error: Double? { variance?.squareRoot() }

  /// Standard errors from which on a difference is beyond its error: chance alone gets so far in
  /// one case of twenty.
  package static let leastErrors = 2.0

  /// Whether chance alone would hardly make it; nil where that is not known.
  package var isBeyondError: Bool? {
    error.map { error in
      amount.magnitude > unsampled.magnitude
        && Double(amount.magnitude) > Self.leastErrors * error
    }
  }

  /// The sum of two of them.
  package mutating func add(_ other: Change) {
    before = before.plus(other.before)
    after = after.plus(other.after)
    unsampled = max(unsampled, other.unsampled)
    if let mine = variance, let others = other.variance {
      variance = mine + others
    } else {
      variance = nil
    }
  }
}
