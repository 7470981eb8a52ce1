// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The table of the lines: what each holds, held, and allocated.
struct LiveTable {
  /// What may be left out in a narrow place.
  private enum Part {
    case now, peak, errors, allocated, allocatedError, allocations, bar, share, function, code
  }

  private let look: LiveLook
  private let style: Style
  private let sort: LiveSort
  private var view: CaptureView { look.view }
  private static let barCells = 8

  init(_ look: LiveLook, _ style: Style, sort: LiveSort) {
    self.look = look
    self.style = style
    self.sort = sort
  }

  /// The headings, then a row for each line; the selected one is marked.
  func rows(_ lines: [Account.Row], selected: Int?) -> [String] {
    var left = order
    var grid = grid(lines, Set(left), selected)
    while let width = style.width, grid.leastWidth() > width, !left.isEmpty {
      left.removeFirst()
      grid = self.grid(lines, Set(left), selected)
    }
    var rows = grid.render(in: style)
    // The rule: on a screen every row counts.
    rows.remove(at: 1)
    if let selected, style.color, lines.indices.contains(selected) {
      var plain = style
      plain.color = false
      rows[selected + 1] = style.selected(grid.render(in: plain)[selected + 2])
    }
    return rows
  }

  /// What there is, the least telling first; what lines are sorted by always stays.
  private var order: [Part] {
    var parts: [Part] = [
      .allocatedError, .function, .allocations, .bar, .allocated, .share, .errors, .now, .peak,
      .code,
    ]
    if !view.isSampled { parts.removeAll { $0 == .errors || $0 == .allocatedError } }
    if !style.bars { parts.removeAll { $0 == .bar } }
    return parts.filter { $0 != own }
  }

  private var own: Part {
    switch sort {
    case .now: .now
    case .peak: .peak
    case .allocated: .allocated
    case .allocations: .allocations
    }
  }

  private func grid(_ lines: [Account.Row], _ parts: Set<Part>, _ selected: Int?) -> Grid {
    let parts = parts.union([own])
    var columns: [Grid.Column] = []
    if selected != nil { columns.append(Grid.Column(heading: " ", isText: true)) }
    var gap = 1
    func number(_ column: LiveSort, _ part: Part, error: Part?) {
      guard parts.contains(part) else { return }
      let mark = column == sort ? (style.unicode ? "▾" : "*") : ""
      columns.append(Grid.Column(heading: mark + column.heading, gap: gap))
      gap = 2
      guard let error, parts.contains(error) else { return }
      columns.append(Grid.Column(heading: "", isText: true, gap: 1))
    }
    number(.now, .now, error: .errors)
    number(.peak, .peak, error: .errors)
    number(.allocated, .allocated, error: .allocatedError)
    number(.allocations, .allocations, error: nil)
    if parts.contains(.bar) {
      let blank = String(repeating: " ", count: Self.barCells)
      columns.append(Grid.Column(heading: blank, isText: true))
    }
    if parts.contains(.share) { columns.append(Grid.Column(heading: "Share")) }
    columns.append(Grid.Column(heading: "Line", isText: true))
    if parts.contains(.function) { columns.append(Grid.Column(heading: "Function", isText: true)) }
    if parts.contains(.code) { columns.append(Grid.Column(heading: "Code", isText: true)) }
    var grid = Grid(columns: columns)
    grid.rows = lines.enumerated().map { index, line in
      .cells(cells(line, parts, isSelected: selected.map { $0 == index }))
    }
    grid.elastic = (columns.count - 1, parts.contains(.code) ? 16 : 8)
    return grid
  }

  /// `isSelected`: nil where no line can be.
  private func cells(_ line: Account.Row, _ parts: Set<Part>, isSelected: Bool?) -> [Grid.Cell] {
    let figures = line.figures
    var cells: [Grid.Cell] = []
    if let isSelected {
      cells.append(Grid.Cell(text: isSelected ? (style.unicode ? "▸" : ">") : ""))
    }
    func size(_ bytes: Int, _ part: Part, _ error: Double, _ errorPart: Part, of whole: Int) {
      guard parts.contains(part) else { return }
      // Numbers that change must not move the columns.
      let text = style.sizeCell(bytes).indented(to: 8)
      cells.append(Grid.Cell(text: text, tone: view.tone(bytes, of: whole)))
      guard parts.contains(errorPart) else { return }
      let told = bytes == 0 ? "" : style.error(error, beside: bytes)
      cells.append(Grid.Cell(text: told.padded(to: 6), tone: .quiet))
    }
    let header = look.header
    let sum = view.account.sum
    size(figures.live, .now, figures.liveError, .errors, of: max(header.live, sum.live))
    size(figures.held, .peak, figures.heldError, .errors, of: max(header.peak, sum.held))
    size(
      figures.allocated, .allocated, figures.allocatedError, .allocatedError,
      of: max(header.allocated, sum.allocated))
    if parts.contains(.allocations) {
      let count = Digits.grouped(Int(clamped: figures.allocations))
      cells.append(Grid.Cell(text: count.indented(to: 9)))
    }
    let whole = sort.whole(header)
    let share = whole > 0 ? sort.amount(figures) / whole : 0
    if parts.contains(.bar) {
      let length = Int(clamped: share * 1000)
      let bar = Bar.text(length, of: 1000, cells: Self.barCells)
      cells.append(Grid.Cell(text: bar, tone: view.tone(length, of: 1000)))
    }
    if parts.contains(.share) {
      let isLittle = share > 0 && share < 0.005
      cells.append(Grid.Cell(text: isLittle ? "<1 %" : "\(Int(clamped: 100 * share)) %"))
    }
    return cells + texts(line.place, parts)
  }

  private func texts(_ place: Place, _ parts: Set<Part>) -> [Grid.Cell] {
    // The end of a path says more.
    let name = view.name(place)
    let most = style.width.map { max(8, min(44, $0 * 3 / 10)) } ?? 60
    let cut = name.hasPrefix("(") ? DisplayWidth.fit : DisplayWidth.fitEnd
    var cells = [
      Grid.Cell(text: cut(name, most, style.ellipsis), tone: place.isLine ? .plain : .quiet)
    ]
    if parts.contains(.function) {
      cells.append(
        Grid.Cell(text: DisplayWidth.fit(view.function(place), to: 24, mark: style.ellipsis)))
    }
    if parts.contains(.code) { cells.append(Grid.Cell(text: view.code(place))) }
    return cells
  }
}
