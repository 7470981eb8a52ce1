// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The reports of a capture as JSON: docs/format.md has the keys.
struct CaptureDocument {
  private typealias Keys = [(String, JSONText)]

  /// The version of the form; a change that breaks a reader raises it.
  static let schema = 1

  private let view: CaptureView
  private var header: CaptureHeader { view.header }

  init(_ view: CaptureView) { self.view = view }

  func summary() -> [(String, JSONText)] {
    let lines = JSONText.list(view.account.rows.map { .object(line($0)) })
    return head("summary") + account + [("lines", lines)] + caveats
  }

  func files() -> [(String, JSONText)] {
    let files = AnnotatedFile.all(of: view).map { file -> JSONText in
      let lines = file.lines.map { line -> JSONText in
        .object(
          [
            ("line", .whole(line.line)), ("functions", .list(line.functions.map(JSONText.text))),
            ("source", .optional(view.sources.text(file.file, line.line))),
          ] + figures(line.figures ?? Figures()))
      }
      return .object([
        ("file", .text(file.file)), (held, .whole(file.held)), ("lines", .list(lines)),
      ])
    }
    return head("lines") + account + [("files", .list(files))] + caveats
  }

  func tree(reverse: Bool, depth: Int?) -> [(String, JSONText)] {
    let root = TreeReport.root(view, reverse: reverse, depth: depth)
    return head("tree") + account + [("reverse", .bool(reverse)), ("tree", branch(root))] + caveats
  }

  func leaks() -> [(String, JSONText)] {
    let rows = LeaksReport.rows(view)
    let stacks = view.account.heaviestStacks(of: rows, count: LeaksReport.mostStacks)
    let lines = zip(rows, stacks).map { row, stacks -> JSONText in
      .object(line(row) + [("stacks", .list(stacks.map(stack)))])
    }
    return head("leaks") + account + [("lines", .list(lines))] + caveats
  }

  func stats() -> [(String, JSONText)] {
    let sum = view.account.sum
    func list(_ rows: [Account.Row]) -> JSONText { .list(rows.map { .object(line($0)) }) }
    let threads = view.account.threads.enumerated().filter { $0.element != Figures() }.map {
      index, figures -> JSONText in
      let thread = view.capture.threads[index]
      return .object(
        [("name", .text(view.capture.texts[thread.name])), ("number", .whole(Int(thread.number)))]
          + self.figures(figures))
    }
    return head("stats") + account + [
      ("live_at_end", .whole(header.live)), ("allocated", .whole(header.allocated)),
      ("freed", .whole(header.freed)), ("allocations", .whole(header.allocations)),
      ("live_blocks", .whole(Int(header.liveBlocks))),
      ("temporary", .whole(sum.temporary)), ("temporary_blocks", .real(sum.temporaryBlocks)),
      ("stacks", .whole(max(0, view.capture.counters.count - 1))),
      ("agent_bytes", .whole(header.agentBytes)), ("file_size", .whole(view.capture.fileSize)),
      ("limit", .whole(header.limit)), ("timeline_step", .real(Double(header.step) / 1000)),
      (
        "dropped",
        .object([
          ("room", .whole(header.droppedForRoom)), ("disk", .whole(header.droppedForDisk)),
          ("memory", .whole(header.droppedForMemory)),
          ("nesting", .whole(header.droppedForNesting)),
          ("timeline", .whole(header.droppedChanges)),
        ])
      ),
      ("threads", .list(threads)),
      ("most_allocated", list(StatsReport.byVolume(view))),
      ("most_allocations", list(StatsReport.byCount(view))),
      ("most_temporary", list(StatsReport.byTemporaries(view))),
    ] + caveats
  }

  // MARK: - What all have

  private func head(_ report: String) -> Keys {
    let process: Keys = [
      ("pid", .whole(Int(header.processID))), ("parent", .whole(Int(header.parentID))),
      ("command", .text(view.capture.command)), ("folder", .text(view.capture.folder)),
      ("python", .optional(view.python)), ("peak", .whole(header.peak)), ("exit", exit),
    ]
    return [
      ("schema", .whole(Self.schema)), ("kind", .text("capture")), ("report", .text(report)),
      ("mode", .text(view.isSampled ? "sampled" : "exact")), ("interval", .whole(header.interval)),
      ("began", header.startTime > 0 ? .text(Style.date(header.startTime)) : .null),
      ("duration", .real(view.capture.duration)),
      (
        "peak",
        .object([
          ("bytes", .whole(header.peak)), ("seconds", .real(Double(header.peakMoment) / 1e9)),
          ("bound", .whole(header.peakBound)), ("resident", .whole(header.residentAtPeak)),
        ])
      ),
      ("processes", .list([.object(process)])),
    ]
  }

  /// What the lines add up to, and what no line explains.
  private var account: Keys {
    let account = view.account
    return [
      ("moment", moment), ("in_use", .optional(account.height)),
      ("baseline", .whole(account.baseline)), ("in_lines", .whole(account.sum.held)),
      ("in_lines_standard_error", .real(account.sum.heldError)),
      ("other_threads", .whole(account.otherThreads.held)),
      ("unexplained", .optional(account.unexplained)),
      (
        "unlisted_below",
        view.isSampled ? .whole(Int(clamped: 2.9957 * Double(header.interval))) : .null
      ),
    ]
  }

  private var moment: JSONText {
    let resolution = ("resolution", JSONText.real(Double(header.step) / 1000))
    return switch view.when {
    case .peak: .object([("kind", .text("peak"))])
    case .end: .object([("kind", .text("end"))])
    case .at(let seconds):
      .object([("kind", .text("at")), ("seconds", .real(seconds)), resolution])
    case .window(let first, let second):
      .object([
        ("kind", .text("window")), ("from", .real(first)), ("to", .real(second)), resolution,
      ])
    }
  }

  private var exit: JSONText {
    switch view.ending {
    case .exited(let status): .object([("kind", .text("exited")), ("status", .whole(status))])
    case .killed(let signal): .object([("kind", .text("killed")), ("signal", .whole(signal))])
    case .ended: .object([("kind", .text("ended"))])
    case .stopped: .object([("kind", .text("stopped"))])
    case .running: .object([("kind", .text("running"))])
    case .withoutEnd: .object([("kind", .text("unknown"))])
    }
  }

  /// Last, because only then is it known which sources had to be read.
  private var caveats: Keys {
    let limits = Limits(view, style: Style())
    return [("caveats", .list((limits.estimates() + limits.notes()).map(JSONText.text)))]
  }

  // MARK: - Lines

  /// The key of what was held at the moment that is asked about.
  private var held: String {
    switch view.when {
    case .peak: "at_peak"
    case .end, .at: "held"
    case .window: "increase"
    }
  }

  private func line(_ row: Account.Row) -> Keys {
    place(row.place) + [("source", .optional(view.source(row.place)))] + figures(row.figures)
  }

  private func place(_ place: Place) -> Keys {
    switch place {
    case .line(let file, let line, let function):
      [("file", .text(file)), ("line", .whole(line)), ("function", .text(function))]
    default:
      [("file", .null), ("line", .null), ("function", .text(view.name(place)))]
    }
  }

  private func figures(_ figures: Figures) -> Keys {
    [
      (held, .whole(figures.held)), ("standard_error", .real(figures.heldError)),
      ("blocks", view.when.isFromTimeline ? .null : .real(figures.heldBlocks)),
      ("live_at_end", .whole(figures.live)), ("live_standard_error", .real(figures.liveError)),
      ("allocated", .whole(figures.allocated)),
      ("allocated_standard_error", .real(figures.allocatedError)),
      ("allocations", .real(figures.allocations)), ("temporary", .whole(figures.temporary)),
      ("temporary_blocks", .real(figures.temporaryBlocks)),
    ]
  }

  private func stack(_ stack: (node: Int, held: Int)) -> JSONText {
    let frames = view.account.tree.path(to: stack.node).map { node -> JSONText in
      .object(place(view.account.tree.place(node)))
    }
    let thread = view.account.tree.thread(of: stack.node)
    return .object([
      (held, .whole(stack.held)),
      ("thread", thread > 0 ? .text(view.capture.label(ofThread: thread)) : .null),
      ("frames", .list(frames)),
    ])
  }

  private func branch(_ branch: Branch) -> JSONText {
    .object(
      place(branch.place) + [
        ("source", .optional(view.source(branch.place))), (held, .whole(branch.held)),
        ("smaller", .whole(branch.smaller)), (held + "_by_smaller", .whole(branch.heldBySmaller)),
        ("cut", .bool(branch.isCut)), ("children", .list(branch.children.map(self.branch))),
      ])
  }
}
