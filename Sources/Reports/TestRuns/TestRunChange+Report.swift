// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

extension TestRunChange {
  /// Tests that are named at most.
  private static let most = 20

  /// What came of it, as one sentence without a full stop.
  func verdict(_ allowed: String) -> String {
    let all = grown.count + others
    if all == 0 { return "no test of the baseline was measured" }
    let tests = all == 1 ? "1 test" : "\(Digits.grouped(all)) tests"
    if grown.isEmpty { return "none of \(tests) grew by more than \(allowed)" }
    return "\(Digits.grouped(grown.count)) of \(tests) grew by more than \(allowed)"
  }

  /// The report in rows.
  func report(_ allowed: String, style: Style) -> [String] {
    let tone: Tone = grown.isEmpty ? .good : .hot
    var rows = DisplayWidth.wrap(Self.sentence(verdict(allowed)), to: style.width)
      .map { tone.paint($0, in: style) }
    if !grown.isEmpty { rows += [""] + table(style).render(in: style) }
    for sentence in remarks(style) {
      rows += DisplayWidth.wrap(DisplayWidth.shown(sentence), to: style.width)
        .map { Tone.quiet.paint($0, in: style) }
    }
    for caveat in caveats {
      rows += DisplayWidth.wrap(
        DisplayWidth.shown("NOTE: " + Self.sentence(caveat)), to: style.width
      )
      .map { Tone.warm.paint($0, in: style) }
    }
    return rows
  }

  private func table(_ style: Style) -> Grid {
    let words = ChangeWords(.peak, style: style)
    var grid = Grid(columns: [
      Grid.Column(heading: "Before"), Grid.Column(heading: "After"), Grid.Column(heading: "Change"),
      Grid.Column(heading: ""), Grid.Column(heading: "Test", isText: true),
    ])
    for test in grown.prefix(Self.most) {
      grid.rows.append(
        .cells([
          Grid.Cell(text: words.amountCell(test.peak.before)),
          Grid.Cell(text: words.amountCell(test.peak.after)),
          Grid.Cell(text: words.signedCell(test.peak.amount), tone: .hot),
          Grid.Cell(text: words.percent(test.peak)),
          Grid.Cell(text: DisplayWidth.shown(test.id), tone: .bold),
        ]))
      for line in test.lines {
        let size = Grid.Cell(text: words.amountCell(line.held), tone: .quiet)
        let text = Grid.Cell(text: "  " + line.title)
        grid.rows.append(.cells([.blank, size, .blank, .blank, text]))
      }
    }
    grid.elastic = (4, 16)
    return grid
  }

  /// What else is to be known of the tests.
  private func remarks(_ style: Style) -> [String] {
    var sentences: [String] = []
    if grown.count > Self.most { sentences.append("\(grown.count - Self.most) more grew.") }
    if let largest = new.first {
      let size = style.size(largest.peak.after)
      sentences.append(
        new.count == 1
          ? "Not in the baseline: \(largest.id), with \(size)."
          : "Not in the baseline: \(new.count) tests, the largest \(largest.id) with \(size).")
    }
    if !gone.isEmpty {
      sentences.append(
        gone.count == 1
          ? "In the baseline alone: \(gone[0])." : "In the baseline alone: \(gone.count) tests.")
    }
    return sentences
  }

  /// The report as Markdown.
  func markdown(_ allowed: String, style: Style) -> [String] {
    let words = ChangeWords(.peak, style: style)
    typealias Markdown = DifferenceMarkdown
    var rows = ["### Memory of tests", "", "**\(Markdown.text(Self.sentence(verdict(allowed))))**"]
    if !grown.isEmpty {
      rows += ["", "| Before | After | Change | | Test |", "|--:|--:|--:|--:|:--|"]
      for test in grown.prefix(Self.most) {
        let cells = [
          words.amount(test.peak.before), words.amount(test.peak.after),
          words.signed(test.peak.amount), words.percent(test.peak), Markdown.code(test.id),
        ]
        rows.append("| " + cells.joined(separator: " | ") + " |")
        rows += test.lines.map { line in
          "| | \(words.amount(line.held)) | | | \(Markdown.code(line.title)) |"
        }
      }
    }
    let sentences = remarks(style) + caveats.map(Self.sentence)
    return rows + (sentences.isEmpty ? [] : [""]) + sentences.map { "- " + Markdown.text($0) }
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
  }
}
