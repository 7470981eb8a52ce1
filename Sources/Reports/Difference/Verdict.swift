// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What comes of an allowance.
package struct Verdict {
  package let isFailed: Bool
  /// As a sentence, without a full stop.
  package private(set) var words: String
  let basis: String

  init(_ view: DifferenceView, _ allowance: Allowance, style: Style) {
    let words = ChangeWords(view.figure, style: style)
    let change = view.difference.total(view.figure)
    isFailed = allowance.isExceeded(by: change)
    basis =
      "judged on \(words.basis), which is counted"
      + (view.isSampled ? " in sampled recordings, too" : "")
    let told = "\(words.noun) grew by \(words.told(change).drop { $0 == "+" })"
    if let most = Self.most(allowance, words) {
      self.words = "\(told), \(isFailed ? "more" : "no more") than the \(most) allowed"
    } else {
      self.words = "\(told), and may not grow"
    }
    if change.amount <= 0 { self.words = "\(words.noun) did not grow" }
  }

  /// The allowance in words; nil for none.
  private static func most(_ allowance: Allowance, _ words: ChangeWords) -> String? {
    switch allowance {
    case .percent(0), .amount(0): nil
    case .percent(let percent): text(percent) + " %"
    case .amount(let amount): words.amount(amount)
    }
  }

  /// Both in one sentence.
  var sentence: String {
    "\(isFailed ? "FAILED" : "PASSED"): \(words) (\(basis))."
  }

  /// A percentage as somebody wrote it.
  private static func text(_ percent: Double) -> String {
    percent == percent.rounded() && abs(percent) < 1e15 ? "\(Int(percent))" : "\(percent)"
  }
}
