// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The same figure of several runs.
struct Spread: Equatable {
  let median: Double
  let least: Double
  let most: Double
  let count: Int

  /// Nil for no values.
  init?(_ values: [Double]) {
    let sorted = values.filter(\.isFinite).sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let middle = sorted.count / 2
    median =
      sorted.count.isMultiple(of: 2)
      ? sorted[middle - 1] / 2 + sorted[middle] / 2 : sorted[middle]
    least = first
    most = last
    count = sorted.count
  }

  /// Whether some run of the one may have come out as some run of the other.
  func overlaps(_ other: Spread) -> Bool { least <= other.most && other.least <= most }

  /// Whether all runs of both came out the same.
  func isSame(as other: Spread) -> Bool {
    least == most && other.least == other.most && least == other.least
  }
}

/// How an alternative stands beside the others in one figure.
///
/// Less is better.
enum Rank: Equatable {
  /// Its runs all lie below everybody else's.
  case best
  /// The lowest median, or one whose runs overlap those of the lowest: no winner can be named.
  case close
  /// The same as the lowest, in every run.
  case same
  /// So many times the lowest; nil where that cannot be said of a figure that is not positive.
  case behind(Double?)
  /// Nobody else to stand beside, or nothing measured.
  case none

  /// The ranks of all alternatives, in their order.
  static func all(_ spreads: [Spread?]) -> [Rank] {
    let present = spreads.compactMap { $0 }
    guard present.count > 1, let best = present.min(by: { $0.median < $1.median }),
      let first = spreads.firstIndex(of: best)
    else { return spreads.map { _ in .none } }
    let rivals = spreads.enumerated().filter { $0.offset != first }.compactMap(\.element)
    let isTied = rivals.contains { $0.overlaps(best) }
    return spreads.enumerated().map { index, spread in
      guard let spread else { return .none }
      if index == first { return isTied ? tie(best, rivals) : .best }
      if spread.isSame(as: best) { return .same }
      if spread.overlaps(best) { return .close }
      return .behind(best.median > 0 ? spread.median / best.median : nil)
    }
  }

  private static func tie(_ best: Spread, _ rivals: [Spread]) -> Rank {
    rivals.allSatisfy { !$0.overlaps(best) || $0.isSame(as: best) } ? .same : .close
  }
}
