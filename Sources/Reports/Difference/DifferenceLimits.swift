// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What limits the figures of a difference, in sentences.
struct DifferenceLimits {
  private let view: DifferenceView
  private let style: Style

  init(_ view: DifferenceView, style: Style) {
    self.view = view
    self.style = style
  }

  // MARK: - What figures are, where blocks are sampled

  func estimates() -> [String] {
    guard view.isSampled else { return [] }
    let sizes = [view.before, view.after].map { part in
      part.capture.isSampled ? style.size(part.capture.header.interval) : nil
    }
    let source =
      switch (sizes[0], sizes[1]) {
      case (let one?, let other?) where one == other:
        "Estimates from samples, one in \(one) on average"
      case (let one?, let other?):
        "Estimates from samples, one in \(one) on average before and one in \(other) after"
      case (let one?, nil):
        "Before: estimates from samples, one in \(one) on average; after: every allocation"
      default:
        "Before: every allocation; after: estimates from samples, one in \(sizes[1] ?? "") on average"
      }
    return ["\(source). \(error) \(absent) \(totals)"]
  }

  private var error: String {
    if view.figure == .allocations {
      return "How far numbers of allocations may be off is not known."
    }
    return
      "\(style.plusMinus) is the standard error of a change; one of at most two of these, or of at "
      + "most \(unsampled), is within the error: chance alone goes beyond that in one case of twenty."
  }

  private var unsampled: String { style.size(view.difference.unsampled ?? 0) }

  private var absent: String {
    return
      "A line that is new or gone may only have no sample in the other recording: then it held "
      + "less than about \(unsampled) there (with 95 % probability)."
  }

  private var totals: String {
    "What stands in the table of totals is counted, and no estimate."
  }

  // MARK: - All that is amiss or unknown

  func notes() -> [String] {
    comparability() + matching() + each()
  }

  private func comparability() -> [String] {
    if view.isSame { return ["Both are the same recording."] }
    var notes: [String] = []
    if !view.isSameProgram {
      let names = [view.before, view.after].map { view.command($0) }
      notes.append(
        "The two ran different programs, '\(names[0])' and '\(names[1])': what changed is what the "
          + "one has and the other has not.")
    }
    let (before, after) = (view.before.capture.python, view.after.capture.python)
    if let before, let after, before != after {
      notes.append("The interpreters differ, \(before) and \(after), and so do sizes of objects.")
    }
    return notes
  }

  private func matching() -> [String] {
    let count = view.difference.matchedByNumber
    guard count > 0 else { return [] }
    let lines = count == 1 ? "1 line was" : "\(Digits.grouped(count)) lines were"
    return [
      "\(lines) matched by number, counted from the function's beginning, since the text that ran is "
        + "not known: a line that was moved within its function may stand for another."
    ]
  }

  /// What limits one capture; what limits both in the same words is said once.
  private func each() -> [String] {
    let before = Limits(view.before.capture, style: style).notes()
    let after = Limits(view.after.capture, style: style).notes()
    return before.map { after.contains($0) ? "Both: \($0)" : "Before: \($0)" }
      + after.filter { !before.contains($0) }.map { "After: \($0)" }
  }
}
