// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What the moment that is asked about is called.
struct MomentWords {
  /// The heading of what was held.
  let heading: String
  /// What it is a share of, for a sentence.
  let whole: String
  /// The same, for a cell.
  let short: String
  /// What a line does with its share.
  let verb: String

  init(_ when: When, style: Style) {
    switch when {
    case .peak: (heading, whole, short, verb) = ("At peak", "the peak", "The peak", "holds")
    case .end:
      whole = "what was in use at the end"
      (heading, short, verb) = ("Live at end", "In use at the end", "holds")
    case .at(let seconds):
      let moment = style.moment(seconds)
      whole = "what was in use at \(moment)"
      (heading, short, verb) = ("At \(moment)", "In use then", "holds")
    case .window(let first, let second):
      let window = "between \(style.moment(first)) and \(style.moment(second))"
      whole = "the increase \(window)"
      (heading, short, verb) = ("Increase", "The increase", "adds")
    }
  }
}
