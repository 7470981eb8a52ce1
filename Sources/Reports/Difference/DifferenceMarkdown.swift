// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The difference of two captures as Markdown: tables fit for a pull request.
struct DifferenceMarkdown {
  private let view: DifferenceView
  private let style: Style
  private let report: DifferenceReport
  private let words: ChangeWords

  /// The place decides its width and its colours.
  init(_ view: DifferenceView, style: Style, report: DifferenceReport) {
    self.view = view
    self.style = Style(unicode: style.unicode, precision: style.precision)
    self.report = report
    words = ChangeWords(view.figure, style: self.style)
  }

  func rows() -> [String] {
    let heading = DifferenceHeading(view, style: style)
    var rows = ["### Memory: \(Self.code(heading.title))", ""]
    rows += DifferenceTotals(view, style: style).sentences.map { Self.text($0) }
    if let verdict = report.verdict(view, style: style) {
      rows += ["", "**\(Self.text(verdict.sentence))**"]
    }
    rows += [""] + totals()
    rows += changes() + stacks()
    rows.append("")
    for (label, part) in [("Before", view.before), ("After", view.after)] {
      rows.append("- " + Self.text("\(label): \(heading.about(part)). \(heading.ending(part))"))
    }
    rows += CaptureHeading(view.after.capture, style: style).chosen.map { "- " + Self.text($0) }
    let limits = DifferenceLimits(view, style: style)
    let sentences = limits.estimates() + limits.notes()
    return rows + sentences.map { "- " + Self.text(DisplayWidth.shown($0)) }
  }

  private func totals() -> [String] {
    let totals = DifferenceTotals(view, style: style)
    var rows = ["| | Before | After | Change | |", "|:--|--:|--:|--:|--:|"]
    for figure in Figure.allCases {
      let words = ChangeWords(figure, style: style)
      let change = view.difference.total(figure)
      func cell(_ amount: Int, _ part: DifferenceView.Part) -> String {
        words.amount(amount) + (figure == .peak ? ", at \(totals.moment(part))" : "")
      }
      rows.append(
        row([
          words.short, cell(change.before, view.before), cell(change.after, view.after),
          words.signed(change.amount), words.percent(change),
        ]))
    }
    return rows
  }

  private func changes() -> [String] {
    let entries = ChangeEntries(view, limit: report.limit, style: style)
    if entries.rows.isEmpty { return ["", "No line has another figure."] }
    var rows = ["", "**\(words.title)**", ""]
    rows.append("| Change | Before | After | | Line | Function | Code |")
    rows.append("|--:|--:|--:|--:|:--|:--|:--|")
    for entry in entries.rows {
      let change = entry.change
      var amount = words.signed(change.amount)
      if view.isSampled, view.figure.isBytes {
        amount += " " + words.error(change)
        if change.isBeyondError == false { amount += ", \(ChangeWords.withinError)" }
      }
      rows.append(
        row([
          amount, entry.status == .new ? "" : words.amount(change.before),
          entry.status == .gone ? "" : words.amount(change.after), words.percent(change),
          entry.isLine ? Self.code(entry.name) : entry.name, Self.code(entry.function),
          Self.code(entry.code),
        ]))
    }
    return rows
  }

  private func stacks() -> [String] {
    let stacks = ChangedStacks(view, style: style, limit: report.limit, all: report.stacks).parts
    guard !stacks.isEmpty else { return [] }
    return ["", "**On which calls**", ""]
      + stacks.map { "- \(Self.text($0.change)) on \(Self.code($0.path, most: 1000))" }
  }

  private func row(_ cells: [String]) -> String {
    "|" + cells.map { $0.isEmpty ? " |" : " \($0) |" }.joined()
  }

  // MARK: - Escaping

  /// The longest code in a cell, in characters.
  private static let longest = 120

  /// A program's text as code that stays in its cell.
  ///
  /// In a cell a bar is escaped even within code; one behind a backslash cannot be, nor can what holds
  /// backquotes be set without a fence that is longer. Both are written as entities.
  static func code(_ text: String, most: Int = longest) -> String {
    let shown = DisplayWidth.fit(DisplayWidth.shown(text), to: most, mark: "…")
    if shown.allSatisfy({ $0 == " " }) { return "" }
    if shown.contains("`") || shown.contains("\\|") || " " == shown.first || " " == shown.last {
      return "<code>" + entities(shown) + "</code>"
    }
    return "`" + shown.replacing("|", with: "\\|") + "`"
  }

  /// A sentence, in which a program's text may stand: nothing in it is obeyed.
  static func text(_ sentence: String) -> String {
    var result = ""
    for character in DisplayWidth.shown(sentence) {
      if "\\`*_{}[]<>#|~@$&!".contains(character) {
        result += "&#\(character.asciiValue ?? 63);"
      } else {
        result.append(character)
      }
    }
    return result
  }

  private static func entities(_ text: String) -> String {
    text.map { character in
      guard let byte = character.asciiValue, !character.isLetter, !character.isNumber, byte != 32
      else { return String(character) }
      return "&#\(byte);"
    }.joined()
  }
}
