// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The table of the lines that changed most, and below them what is in no line.
struct ChangesTable {
  /// What may be left out in a narrow terminal, the least telling first.
  private enum Part: CaseIterable {
    case function, bar, verdict, share, amounts
  }

  private let view: DifferenceView
  private let style: Style
  private let words: ChangeWords
  private let entries: ChangeEntries

  init(_ view: DifferenceView, style: Style, limit: Int?) {
    self.view = view
    self.style = style
    words = ChangeWords(view.figure, style: style)
    entries = ChangeEntries(view, limit: limit, style: style)
  }

  func rows() -> [String] {
    let title = Tone.bold.paint(words.title, in: style)
    if entries.rows.isEmpty {
      return [""] + DisplayWidth.wrap("No line has another figure.", to: style.width)
    }
    var parts = Part.allCases.filter { part in
      switch part {
      case .bar: style.bars
      case .verdict: hasErrors
      case .function, .share, .amounts: true
      }
    }
    var grid = grid(parts)
    while let width = style.width, grid.leastWidth() > width, !parts.isEmpty {
      parts.removeFirst()
      grid = self.grid(parts)
    }
    return ["", title] + grid.render(in: style)
  }

  private var hasErrors: Bool { view.isSampled && view.figure.isBytes }

  private func grid(_ parts: [Part]) -> Grid {
    var columns = [Grid.Column(heading: "Change")]
    if hasErrors { columns.append(Grid.Column(heading: "", isText: true, gap: 1)) }
    for part in [Part.verdict, .bar, .amounts, .share] where parts.contains(part) {
      switch part {
      case .verdict: columns.append(Grid.Column(heading: "", isText: true))
      case .bar:
        columns.append(
          Grid.Column(heading: String(repeating: " ", count: 8), isText: true, gap: 1))
      case .amounts:
        columns += [Grid.Column(heading: "Before"), Grid.Column(heading: "After")]
      case .share: columns.append(Grid.Column(heading: ""))
      case .function: continue
      }
    }
    columns.append(Grid.Column(heading: "Line", isText: true))
    if parts.contains(.function) { columns.append(Grid.Column(heading: "Function", isText: true)) }
    columns.append(Grid.Column(heading: "Code", isText: true))
    var grid = Grid(columns: columns)
    let scale = entries.rows.map(\.change.amount.magnitude).max() ?? 1
    grid.rows = entries.rows.map { .cells(cells($0, parts, scale)) }
    grid.rows += [.rule, .cells(cells(entries.total, parts, scale, isTotal: true))]
    grid.elastic = (columns.count - 1, 12)
    return grid
  }

  private func cells(
    _ entry: ChangeEntry, _ parts: [Part], _ scale: UInt, isTotal: Bool = false
  ) -> [Grid.Cell] {
    let change = entry.change
    let isWithin = hasErrors && !isTotal && change.isBeyondError == false
    let whole = entries.total.change.before
    let tone = entry.isLine ? words.tone(change, of: whole) : isWithin ? .quiet : .plain
    let error = hasErrors && !isTotal ? words.error(change) : ""
    // Where there is no room to say both, what matters is said.
    let isHidden = isWithin && !parts.contains(.verdict)
    var cells = [
      Grid.Cell(text: isHidden ? "within the" : words.signedCell(change.amount), tone: tone)
    ]
    if hasErrors {
      cells.append(Grid.Cell(text: isHidden ? "error" : error, tone: .quiet))
    }
    if parts.contains(.verdict) {
      cells.append(Grid.Cell(text: isWithin ? ChangeWords.withinError : "", tone: .quiet))
    }
    if parts.contains(.bar) {
      let text = entry.isLine ? Bar.text(change.amount, of: max(1, scale), cells: 8) : ""
      cells.append(Grid.Cell(text: text, tone: tone))
    }
    if parts.contains(.amounts) {
      let before = entry.status == .new ? "" : words.amountCell(change.before)
      let after = entry.status == .gone ? "" : words.amountCell(change.after)
      cells += [Grid.Cell(text: before), Grid.Cell(text: after)]
    }
    if parts.contains(.share) { cells.append(Grid.Cell(text: words.percent(change))) }
    // The end of a path says more; 44 cells leave room for the text.
    let room = (style.width ?? 140) / 3
    let cut = entry.name.hasPrefix("(") ? DisplayWidth.fit : DisplayWidth.fitEnd
    let name = cut(entry.name, max(16, min(44, room)), style.ellipsis)
    cells.append(Grid.Cell(text: name, tone: entry.isLine ? .plain : .quiet))
    if parts.contains(.function) {
      cells.append(
        Grid.Cell(text: DisplayWidth.fit(entry.function, to: 24, mark: style.ellipsis)))
    }
    cells.append(Grid.Cell(text: entry.code))
    return cells
  }
}
