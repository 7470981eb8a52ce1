// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The table of a function's lines in rows of text: what each cost, beside its text.
///
/// Numbers stand right, the text takes what room is left and is cut, never wrapped.
struct LineTable {
  var columns: [Column]
  /// Whether somebody asked for these columns: then none of them gives way.
  let isChosen: Bool
  let cells: LineCells
  private var style: Style { cells.style }

  init(_ cells: LineCells, columns: [Column], isChosen: Bool) {
    self.cells = cells
    self.columns = columns
    self.isChosen = isChosen
  }

  /// The table in rows of text, its sums below.
  func rows() -> [String] {
    var bar = style.bars ? 8 : 0
    var grid = grid(bar: bar)
    while let width = style.width, bar > 0, grid.leastWidth() > width {
      bar -= 4
      grid = self.grid(bar: bar)
    }
    return grid.render(in: style)
  }

  /// Whether the table fits, if only without bars and with its text cut short.
  var fits: Bool {
    guard let width = style.width else { return true }
    return grid(bar: 0).leastWidth() <= width
  }

  private func grid(bar: Int) -> Grid {
    var grid = Grid(columns: columns.flatMap { headings($0, bar: bar) })
    grid.rows = cells.function.lines.map { line in
      .cells(columns.flatMap { row($0, of: line, bar: bar) })
    }
    if let sums = sums(bar: bar) { grid.rows += [.rule, .cells(sums)] }
    if columns.contains(.code) {
      let at = columns.prefix { $0 != .code }.map { headings($0, bar: bar).count }.reduce(0, +)
      // Bars must not take the room that the text needs to be read; nor must the usual columns.
      grid.elastic = (at, bar > 0 ? 32 : isChosen ? 12 : 24)
    }
    return grid
  }

  private func headings(_ column: Column, bar: Int) -> [Grid.Column] {
    let heading = column.heading(isHeap: cells.isHeap)
    let own = Grid.Column(heading: heading, isText: column == .code)
    guard hasBar(column, bar) else { return [own] }
    // As wide as the longest that it may hold, so that bars of two functions compare.
    return [own, Grid.Column(heading: String(repeating: " ", count: bar), isText: true, gap: 1)]
  }

  private func row(_ column: Column, of line: LineProfile.Line, bar: Int) -> [Grid.Cell] {
    let own = Grid.Cell(text: cells.text(column, of: line), tone: cells.tone(column, of: line))
    guard hasBar(column, bar) else { return [own] }
    let size = cells.bar(column, of: line)
    let text = Bar.text(size, of: cells.scale, cells: bar)
    return [own, Grid.Cell(text: text, tone: size < 0 ? .good : own.tone)]
  }

  private func sums(bar: Int) -> [Grid.Cell]? {
    guard let texts = cells.sums(of: columns) else { return nil }
    return zip(columns, texts).flatMap { column, text -> [Grid.Cell] in
      let own = Grid.Cell(text: text, tone: column == .code ? .quiet : .bold)
      return hasBar(column, bar) ? [own, .blank] : [own]
    }
  }

  private func hasBar(_ column: Column, _ bar: Int) -> Bool { bar > 0 && LineCells.hasBar(column) }
}
