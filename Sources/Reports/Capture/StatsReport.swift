// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The totals of a recording, and who allocates most, most often, and in vain.
struct StatsReport {
  private let view: CaptureView
  private let style: Style
  /// Lines of each list.
  static let most = 5

  init(_ view: CaptureView, style: Style) {
    self.view = view
    self.style = style
  }

  func rows() -> [String] {
    var rows = CaptureHeading(view, style: style).rows() + [""]
    let entries = totals()
    let width = entries.map { DisplayWidth.of($0.0) }.max() ?? 0
    let isNarrow = (style.width ?? .max) < width + 26
    for (name, text) in entries where isNarrow {
      rows += DisplayWidth.wrap("\(name): \(text)", to: style.width)
    }
    for (name, text) in entries where !isNarrow {
      let wrapped = DisplayWidth.wrap(text, to: style.width.map { max(12, $0 - width - 2) })
      for (index, part) in wrapped.enumerated() {
        let head = (index == 0 ? name : "").padded(to: width)
        rows.append(Tone.quiet.paint(head, in: style) + "  " + part)
      }
    }
    let sum = view.account.sum
    rows += list("Allocated most", Self.byVolume(view)) { row in
      (
        style.sizeCell(row.figures.allocated),
        share(Double(row.figures.allocated), Double(sum.allocated))
      )
    }
    rows += list("Allocated most often", Self.byCount(view)) { row in
      (
        Digits.grouped(Int(clamped: row.figures.allocations)),
        share(row.figures.allocations, sum.allocations)
      )
    }
    rows += list("Freed before anything else was allocated", Self.byTemporaries(view)) { row in
      (
        Digits.grouped(Int(clamped: row.figures.temporaryBlocks)),
        share(row.figures.temporaryBlocks, row.figures.allocations) + " of its blocks"
      )
    }
    rows += ProcessTable(view, style: style, .totals).rows()
    rows += threads()
    return rows + closing(view, style: style)
  }

  // MARK: - What is listed

  static func byVolume(_ view: CaptureView) -> [Account.Row] {
    top(view) { Double($0.allocated) }
  }

  static func byCount(_ view: CaptureView) -> [Account.Row] { top(view, \.allocations) }

  static func byTemporaries(_ view: CaptureView) -> [Account.Row] { top(view, \.temporaryBlocks) }

  private static func top(
    _ view: CaptureView, _ figure: (Figures) -> Double
  ) -> [Account.Row] {
    // There may be very many rows: the best five are kept while they go by.
    var best: [(figure: Double, allocated: Int, index: Int)] = []
    for (index, row) in view.account.rows.enumerated() {
      let one = (figure: figure(row.figures), allocated: row.figures.allocated, index: index)
      let isAmong = best.count < most || best.last.map { isBefore(one, $0) } == true
      guard one.figure > 0, isAmong else { continue }
      best.insert(one, at: best.firstIndex { isBefore(one, $0) } ?? best.count)
      if best.count > most { best.removeLast() }
    }
    return best.map { view.account.rows[$0.index] }
  }

  private static func isBefore(
    _ one: (figure: Double, allocated: Int, index: Int),
    _ other: (figure: Double, allocated: Int, index: Int)
  ) -> Bool {
    (one.figure, one.allocated) > (other.figure, other.allocated)
  }

  // MARK: - Totals

  private func totals() -> [(String, String)] {
    let header = view.header
    let sum = view.account.sum
    let temporary = view.isSampled ? "about " : ""
    let processes = Processes(view)
    var rows: [(String, String)] = processes.list.isEmpty ? [] : [("Processes", processes.kinds)]
    rows += [
      ("Duration", style.moment(view.capture.duration)),
      ("Peak", "\(style.size(header.peak)), at \(style.moment(Double(header.peakMoment) / 1e9))"),
      (
        "Live at end",
        style.size(header.live) + (view.capture.isTree ? ", of each process at its own end" : "")
      ),
      (
        "Allocated",
        "\(style.size(header.allocated)) in \(Digits.grouped(header.allocations)) blocks"
      ),
      ("Freed", style.size(header.freed)),
      (
        "Temporary",
        temporary + "\(Digits.grouped(Int(clamped: sum.temporaryBlocks))) blocks, "
          + "\(style.size(sum.temporary)), freed before anything else was allocated"
      ),
      ("Before the recording", style.size(header.baseline)),
      (view.isSampled ? "Live samples" : "Live blocks", Digits.grouped(Int(header.liveBlocks))),
      (
        "Lines, stacks",
        Digits.grouped(view.account.rows.filter(\.place.isLine).count) + ", "
          + Digits.grouped(max(0, view.capture.counters.count - 1))
      ),
      ("Agent's own memory", style.size(header.agentBytes)),
      (
        "File",
        "\(style.size(view.capture.fileSize)), at most \(style.size(header.limit))"
          + (view.capture.isTree ? " for each process" : "")
      ),
    ]
    if header.step > 0 {
      rows.append(("Timeline", "steps of \(style.duration(Double(header.step) / 1000))"))
    }
    let dropped = [
      (header.droppedForRoom, "for want of room in the file"),
      (header.droppedForDisk, "for want of disk"), (header.droppedForMemory, "for want of memory"),
      (header.droppedForNesting, "in signal handlers"),
      (header.droppedChanges, "changes of the timeline"),
    ].filter { $0.0 > 0 }.map { "\(Digits.grouped($0.0)) \($0.1)" }
    rows.append(("Dropped", dropped.isEmpty ? "nothing" : dropped.joined(separator: ", ")))
    return rows
  }

  private func share(_ part: Double, _ whole: Double) -> String {
    guard whole > 0 else { return "" }
    let percent = 100 * part / whole
    return percent < 0.5 ? "<1 %" : "\(Int(clamped: min(100, percent))) %"
  }

  // MARK: - Lists

  private func list(
    _ title: String, _ rows: [Account.Row], _ figures: (Account.Row) -> (String, String)
  ) -> [String] {
    guard !rows.isEmpty else { return [] }
    var grid = Grid(columns: [
      Grid.Column(heading: ""), Grid.Column(heading: "", isText: true),
      Grid.Column(heading: "", isText: true),
    ])
    grid.rows = rows.map { row in
      let (figure, share) = figures(row)
      let function = view.function(row.place)
      let code = view.code(row.place)
      let place =
        view.name(row.place) + (function.isEmpty ? "" : " " + function)
        + (code.isEmpty ? "" : "  " + code)
      return .cells([Grid.Cell(text: figure), Grid.Cell(text: share), Grid.Cell(text: place)])
    }
    grid.elastic = (2, 20)
    // The title takes the place of headings.
    let heading = DisplayWidth.wrap(title, to: style.width).map { Tone.bold.paint($0, in: style) }
    return [""] + heading + grid.render(in: style).dropFirst()
  }

  private func threads() -> [String] {
    let all = view.account.threads.enumerated().filter { $0.element != Figures() }
    guard all.count > 1 else { return [] }
    let sorted = all.sorted { one, other in
      (other.element.allocated, one.offset) < (one.element.allocated, other.offset)
    }
    var grid = Grid(columns: [
      Grid.Column(heading: "Thread", isText: true), Grid.Column(heading: "At peak"),
      Grid.Column(heading: "Live at end"), Grid.Column(heading: "Allocated"),
    ])
    grid.rows = sorted.prefix(12).map { index, figures in
      .cells([
        Grid.Cell(text: view.name(.thread(index))), Grid.Cell(text: style.sizeCell(figures.held)),
        Grid.Cell(text: style.sizeCell(figures.live)),
        Grid.Cell(text: style.sizeCell(figures.allocated)),
      ])
    }
    grid.elastic = (0, view.capture.isTree ? 26 : 12)
    // A thread of a tree is not known without its process.
    while let width = style.width, view.capture.isTree, grid.leastWidth() > width,
      grid.columns.count > 2
    {
      grid.dropLastColumn()
    }
    var rows = [""] + grid.render(in: style)
    if sorted.count > 12 { rows.append("(\(sorted.count - 12) more threads)") }
    return rows
  }
}
