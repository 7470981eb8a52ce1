// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The table of the lines that hold most, and below them what no line explains.
struct HoldersTable {
  /// What may be left out in a narrow terminal, the least telling first.
  private enum Part: CaseIterable {
    case function, end, share
  }

  private let view: CaptureView
  private let style: Style
  private let most: Int
  private let words: MomentWords

  init(_ view: CaptureView, style: Style, most: Int) {
    self.view = view
    self.style = style
    self.most = most
    words = MomentWords(view.when, style: style)
  }

  func rows() -> [String] {
    var parts = Part.allCases.filter { $0 != .end || view.when != .end }
    var bar = style.bars ? 8 : 0
    var grid = grid(parts, bar)
    while let width = style.width, grid.leastWidth() > width {
      if !parts.isEmpty { parts.removeFirst() } else if bar > 0 { bar = 0 } else { break }
      grid = self.grid(parts, bar)
    }
    return grid.render(in: style)
  }

  private func grid(_ parts: [Part], _ bar: Int) -> Grid {
    var columns = [Grid.Column(heading: words.heading)]
    if view.isSampled { columns.append(Grid.Column(heading: "", isText: true, gap: 1)) }
    if bar > 0 {
      columns.append(
        Grid.Column(heading: String(repeating: " ", count: bar), isText: true, gap: 1))
    }
    if parts.contains(.share) { columns.append(Grid.Column(heading: "Share")) }
    if parts.contains(.end) { columns.append(Grid.Column(heading: "Live at end")) }
    columns.append(Grid.Column(heading: "Line", isText: true))
    if parts.contains(.function) { columns.append(Grid.Column(heading: "Function", isText: true)) }
    columns.append(Grid.Column(heading: "Code", isText: true))
    var grid = Grid(columns: columns)
    grid.rows = entries().map { .cells(cells($0, parts, bar)) }
    grid.rows += [.rule, .cells(cells(sum, parts, bar))]
    grid.elastic = (columns.count - 1, 16)
    return grid
  }

  private struct Entry {
    var name: String
    var function = ""
    var code = ""
    var held: Int
    /// nil where there is none.
    var error: Double?
    var end: Int?
    var isQuiet = false
  }

  private func cells(_ entry: Entry, _ parts: [Part], _ bar: Int) -> [Grid.Cell] {
    let tone = entry.isQuiet ? Tone.plain : view.tone(entry.held)
    var cells = [Grid.Cell(text: style.sizeCell(entry.held), tone: tone)]
    if view.isSampled {
      let text = entry.error.map { style.error($0, beside: entry.held) } ?? ""
      cells.append(Grid.Cell(text: text, tone: .quiet))
    }
    if bar > 0 {
      let scale = max(view.whole.magnitude, 1)
      let isBar = !entry.isQuiet
      cells.append(
        Grid.Cell(text: isBar ? Bar.text(entry.held, of: scale, cells: bar) : "", tone: tone))
    }
    if parts.contains(.share) { cells.append(Grid.Cell(text: view.shareCell(entry.held))) }
    if parts.contains(.end) {
      let tone: Tone = entry.end == 0 ? .quiet : .plain
      cells.append(Grid.Cell(text: entry.end.map(style.sizeCell) ?? "", tone: tone))
    }
    // The end of a path says more; 44 cells leave room for the text.
    let room = (style.width ?? 140) / 3
    let cut = entry.name.hasPrefix("(") ? DisplayWidth.fit : DisplayWidth.fitEnd
    let name = cut(entry.name, max(16, min(44, room)), style.ellipsis)
    cells.append(Grid.Cell(text: name, tone: entry.isQuiet ? .quiet : .plain))
    if parts.contains(.function) {
      let name = DisplayWidth.fit(entry.function, to: 24, mark: style.ellipsis)
      cells.append(Grid.Cell(text: name))
    }
    cells.append(Grid.Cell(text: entry.code, tone: .plain))
    return cells
  }

  private func entries() -> [Entry] {
    var rows = view.account.rows[...]
    if let last = rows.last, last.figures.held < 0 {
      rows = rows.sorted { $0.figures.held.magnitude > $1.figures.held.magnitude }[...]
    }
    // What is small is listed only where nothing is large.
    let large = rows.prefix(most).prefix { $0.figures.held.size >= view.least(0.005) }.count
    let some = rows.prefix(3).prefix { $0.figures.held != 0 }.count
    let listed = max(large, some)
    var entries = rows.prefix(listed).map { row in
      Entry(
        name: view.name(row.place), function: view.function(row.place), code: view.code(row.place),
        held: row.figures.held, error: row.figures.heldError, end: row.figures.live)
    }
    var rest = Figures()
    var count = 0
    for row in rows.dropFirst(listed) where row.figures.held != 0 {
      rest.add(row.figures)
      count += 1
    }
    if count > 0 {
      entries.append(
        Entry(
          name: count == 1 ? "(1 other line)" : "(\(Digits.grouped(count)) other lines)",
          held: rest.held, error: rest.heldError, end: rest.live, isQuiet: true))
    }
    return entries + others()
  }

  /// What is in no line.
  private func others() -> [Entry] {
    var entries: [Entry] = []
    let account = view.account
    if account.otherThreads.held != 0 {
      entries.append(
        Entry(
          name: "(other threads)", held: account.otherThreads.held,
          error: account.otherThreads.heldError, end: account.otherThreads.live, isQuiet: true))
    }
    if account.baseline != 0 {
      entries.append(
        Entry(
          name: "(before the recording)", held: account.baseline,
          // What is left of it follows from what the lines hold.
          error: account.baseline < view.header.baseline && view.isSampled
            ? account.sum.heldError : nil, isQuiet: true))
    }
    if let bytes = view.unexplained {
      entries.append(
        Entry(
          name: bytes < 0 ? "(lines add up to more)" : "(in no line)", held: bytes,
          error: view.isSampled ? account.sum.heldError : nil, isQuiet: true))
    }
    return entries
  }

  private var sum: Entry {
    Entry(
      name: words.short,
      held: view.whole, end: view.when == .peak ? view.header.live : nil, isQuiet: true)
  }
}

extension CaptureView {
  /// What no row explains, if it is more than rounding: a thousandth of the whole.
  var unexplained: Int? {
    guard let bytes = account.unexplained, bytes.size > max(0, whole.size / 1000) else {
      return nil
    }
    return bytes
  }
}
