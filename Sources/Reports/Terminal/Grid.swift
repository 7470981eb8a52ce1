// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A table of cells: columns are as wide as what they hold, text stands left, numbers right.
struct Grid {
  struct Column: Equatable {
    var heading: String
    var isText = false
    /// The spaces before it.
    var gap = 2
  }

  struct Cell: Equatable {
    var text = ""
    var tone = Tone.plain

    static let blank = Cell()
  }

  enum Row: Equatable {
    case cells([Cell])
    /// A line across the table.
    case rule
  }

  var columns: [Column]
  var rows: [Row] = []
  /// The column that is cut where the table is too wide; what remains at the least.
  var elastic: (column: Int, least: Int)?

  /// The width that each column wants.
  func naturalWidths() -> [Int] {
    columns.indices.map { index in
      rows.reduce(DisplayWidth.of(columns[index].heading)) { widest, row in
        guard case .cells(let cells) = row, index < cells.count else { return widest }
        return max(widest, DisplayWidth.of(cells[index].text))
      }
    }
  }

  /// The least width of the table, its elastic column cut as far as it may be.
  func leastWidth() -> Int {
    var widths = naturalWidths()
    if let elastic { widths[elastic.column] = min(widths[elastic.column], elastic.least) }
    return total(widths)
  }

  /// Leaves out what stands last.
  mutating func dropLastColumn() {
    columns.removeLast()
    rows = rows.map { row in
      if case .cells(let cells) = row { .cells(Array(cells.prefix(columns.count))) } else { row }
    }
  }

  /// The rows as text, the heading and a rule first.
  func render(in style: Style) -> [String] {
    var widths = naturalWidths()
    if let limit = style.width, let elastic {
      let over = total(widths) - limit
      let wanted = widths[elastic.column]
      if over > 0 { widths[elastic.column] = max(min(wanted, elastic.least), wanted - over) }
    }
    // Without an edge one long line must not make the rules long.
    let length = min(total(widths), style.width ?? 100)
    let rule = Tone.quiet.paint(String(repeating: style.rule, count: length), in: style)
    let headings = columns.map { Cell(text: $0.heading, tone: .bold) }
    let body = rows.map { row in
      switch row {
      case .cells(let cells): line(cells, widths, style)
      case .rule: rule
      }
    }
    return [line(headings, widths, style), rule] + body
  }

  private func total(_ widths: [Int]) -> Int {
    zip(columns, widths).enumerated().reduce(0) { sum, column in
      sum + column.element.1 + (column.offset == 0 ? 0 : column.element.0.gap)
    }
  }

  /// One row, without spaces at its end.
  ///
  /// Where even the least is too wide, the rest is left out: a row that breaks in two is harder to
  /// read than one that ends early.
  private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
    var result = ""
    var pending = 0
    var room = style.width ?? .max
    for (index, cell) in cells.enumerated() where room > 0 {
      let width = widths[index]
      let fitted = DisplayWidth.fit(cell.text, to: width, mark: style.ellipsis)
      let free = width - DisplayWidth.of(fitted)
      // Units are padded behind; such spaces are only written where something follows.
      let text = String(fitted.reversed().drop { $0 == " " }.reversed())
      pending += (index == 0 ? 0 : columns[index].gap) + (columns[index].isText ? 0 : free)
      let behind = fitted.utf8.count - text.utf8.count
      if !text.isEmpty {
        guard pending < room else { break }
        let shown = DisplayWidth.fit(text, to: room - pending, mark: style.ellipsis)
        result += String(repeating: " ", count: pending) + cell.tone.paint(shown, in: style)
        room -= pending + DisplayWidth.of(shown)
        pending = 0
      }
      pending += behind + (columns[index].isText ? free : 0)
    }
    return result
  }
}
