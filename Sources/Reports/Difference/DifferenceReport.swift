// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The report of what is different between two captures, as text, Markdown or JSON.
package struct DifferenceReport {
  /// How many lines and stacks; nil for what is worth it.
  package var limit: Int?
  /// Whether stacks are shown as lines are, with what they had.
  package var stacks: Bool
  /// How much the figure may grow.
  package var allowance: Allowance?

  package init(limit: Int? = nil, stacks: Bool = false, allowance: Allowance? = nil) {
    self.limit = limit
    self.stacks = stacks
    self.allowance = allowance
  }

  /// Lines that are listed by themselves if nobody says how many.
  static let usualLines = 10

  /// The text, ending in a newline.
  package func text(_ view: DifferenceView, style: Style) -> String {
    let totals = DifferenceTotals(view, style: style)
    var rows = DifferenceHeading(view, style: style).rows() + [""]
    rows += totals.sentences.flatMap { DisplayWidth.wrap($0, to: style.width) }
      .map { Tone.bold.paint($0, in: style) }
    rows += [""] + totals.rows()
    rows += ChangesTable(view, style: style, limit: limit).rows()
    rows += ChangedStacks(view, style: style, limit: limit, all: stacks).rows()
    rows += closing(view, style: style)
    return rows.map { $0 + "\n" }.joined()
  }

  private func closing(_ view: DifferenceView, style: Style) -> [String] {
    let limits = DifferenceLimits(view, style: style)
    var rows: [String] = []
    func add(_ sentences: [String], _ tone: Tone) {
      for sentence in sentences {
        rows += DisplayWidth.wrap(DisplayWidth.shown(sentence), to: style.width)
          .map { tone.paint($0, in: style) }
      }
    }
    add(limits.estimates(), .quiet)
    add(limits.notes().map { "NOTE: " + $0 }, .warm)
    if let verdict = verdict(view, style: style) {
      add([verdict.sentence], verdict.isFailed ? .hot : .good)
    }
    return rows.isEmpty ? [] : [""] + rows
  }

  /// A table for a pull request.
  package func markdown(_ view: DifferenceView, style: Style) -> String {
    DifferenceMarkdown(view, style: style, report: self).rows().map { $0 + "\n" }.joined()
  }

  /// The document that docs/format.md describes; `take` gets it piece by piece.
  package func json(_ view: DifferenceView, to take: @escaping ([UInt8]) -> Void) {
    let document = DifferenceDocument(view, self)
    JSONWriter.document(to: take) { document.write(to: &$0) }
  }

  // MARK: - The judgement

  /// Whether the figure grew by more than it may; nil where nothing was said.
  package func verdict(_ view: DifferenceView, style: Style) -> Verdict? {
    allowance.map { Verdict(view, $0, style: style) }
  }
}
