// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// How much more of a figure is put up with.
package enum Allowance: Equatable, Sendable {
  /// Of what it was, in hundredths.
  case percent(Double)
  /// Bytes, or allocations.
  case amount(Int)

  package func isExceeded(by change: Change) -> Bool {
    guard change.amount > 0 else { return false }
    switch self {
    case .percent(let percent):
      return Double(change.amount) > Double(max(0, change.before)) * percent / 100
    case .amount(let most): return change.amount > most
    }
  }
}
