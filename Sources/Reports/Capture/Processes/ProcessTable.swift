// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The table of a tree's processes, what held most is first; no rows where there is one process.
struct ProcessTable {
  /// Which figures stand in it.
  enum Kind {
    /// What each held, and when it ran.
    case summary
    /// What each did in all.
    case totals
  }

  /// The least telling first: they are left out in a narrow terminal.
  private enum Part {
    case span, allocated, live, ending, share, peak
  }

  private let view: CaptureView
  private let style: Style
  private let kind: Kind
  private let processes: Processes
  private let words: MomentWords
  private static let most = 12

  init(_ view: CaptureView, style: Style, _ kind: Kind) {
    self.view = view
    self.style = style
    self.kind = kind
    processes = Processes(view)
    words = MomentWords(view.when, style: style)
  }

  /// The table with a blank row before it.
  func rows() -> [String] {
    guard !processes.list.isEmpty else { return [] }
    var parts: [Part] =
      kind == .summary ? [.span, .ending, .share, .peak] : [.allocated, .live, .ending, .peak]
    var grid = grid(parts)
    while let width = style.width, grid.leastWidth() > width, !parts.isEmpty {
      parts.removeFirst()
      grid = self.grid(parts)
    }
    return [""] + grid.render(in: style)
  }

  /// The indices of the processes in their order.
  private var order: [Int] {
    let figures = view.account.processes
    return processes.list.indices.sorted { one, other in
      let (mine, others) = (figures[one].held, figures[other].held)
      if mine != others { return mine > others }
      let (peak, another) = (processes.list[one].header.peak, processes.list[other].header.peak)
      return peak != another ? peak > another : one < other
    }
  }

  private func grid(_ parts: [Part]) -> Grid {
    var columns = [Grid.Column(heading: words.heading)]
    if parts.contains(.share) { columns.append(Grid.Column(heading: "Share")) }
    if parts.contains(.peak) { columns.append(Grid.Column(heading: "Own peak")) }
    if parts.contains(.live) { columns.append(Grid.Column(heading: "Live at end")) }
    if parts.contains(.allocated) { columns.append(Grid.Column(heading: "Allocated")) }
    if parts.contains(.span) { columns.append(Grid.Column(heading: "Ran", isText: true)) }
    if parts.contains(.ending) { columns.append(Grid.Column(heading: "End", isText: true)) }
    columns.append(Grid.Column(heading: "Process", isText: true))
    var grid = Grid(columns: columns)
    let order = order
    // A row that says how many are left out is no shorter than the one that it stands for.
    let shown = order.count <= Self.most + 1 ? order.count : Self.most
    grid.rows = order.prefix(shown).map { .cells(cells($0, parts)) }
    if shown < order.count { grid.rows.append(.cells(rest(order.dropFirst(shown), parts))) }
    grid.elastic = (columns.count - 1, 18)
    return grid
  }

  private func cells(_ index: Int, _ parts: [Part]) -> [Grid.Cell] {
    let process = processes.list[index]
    let figures = view.account.processes[index]
    let tone = view.tone(figures.held)
    var cells = [Grid.Cell(text: style.sizeCell(figures.held), tone: tone)]
    if parts.contains(.share) { cells.append(Grid.Cell(text: view.shareCell(figures.held))) }
    if parts.contains(.peak) { cells.append(Grid.Cell(text: style.sizeCell(process.header.peak))) }
    if parts.contains(.live) { cells.append(Grid.Cell(text: style.sizeCell(process.header.live))) }
    if parts.contains(.allocated) {
      cells.append(Grid.Cell(text: style.sizeCell(process.header.allocated)))
    }
    if parts.contains(.span) { cells.append(Grid.Cell(text: span(process), tone: .quiet)) }
    if parts.contains(.ending) {
      cells.append(Grid.Cell(text: processes.ending(index), tone: processes.tone(index)))
    }
    cells.append(Grid.Cell(text: view.name(.member(index))))
    return cells
  }

  private func rest(_ indices: ArraySlice<Int>, _ parts: [Part]) -> [Grid.Cell] {
    let held = indices.reduce(0) { $0.plus(view.account.processes[$1].held) }
    var cells = [Grid.Cell(text: style.sizeCell(held))]
    if parts.contains(.share) { cells.append(Grid.Cell(text: view.shareCell(held))) }
    for part in parts where part != .share {
      switch part {
      case .live:
        let live = indices.reduce(0) { $0.plus(processes.list[$1].header.live) }
        cells.append(Grid.Cell(text: style.sizeCell(live)))
      default: cells.append(.blank)
      }
    }
    cells.append(Grid.Cell(text: "(\(Digits.grouped(indices.count)) others)", tone: .quiet))
    return cells
  }

  /// From when to when it ran, since the tree began.
  private func span(_ process: CaptureProcess) -> String {
    let begin = style.moment(Double(process.begin) / 1e9)
    let end = style.moment(Double(process.end) / 1e9)
    return "\(begin) \(style.dash) \(end)"
  }
}
