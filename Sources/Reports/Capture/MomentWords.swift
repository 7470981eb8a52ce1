// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What the moment that is asked about is called.
struct MomentWords {
  /// The heading of what was held.
  let heading: String
  /// What it is a share of, for a sentence.
  let whole: String
  /// What a line does with its share.
  let verb: String

  init(_ when: When, style: Style) {
    switch when {
    case .peak: (heading, whole, verb) = ("At peak", "the peak", "holds")
    case .end: (heading, whole, verb) = ("Live at end", "what was in use at the end", "holds")
    case .at(let seconds):
      let moment = style.moment(seconds)
      (heading, whole, verb) = ("At \(moment)", "what was in use at \(moment)", "holds")
    case .window(let first, let second):
      let window = "between \(style.moment(first)) and \(style.moment(second))"
      (heading, whole, verb) = ("Increase", "the increase \(window)", "adds")
    }
  }
}
