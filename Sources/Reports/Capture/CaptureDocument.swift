// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The reports of a capture as JSON: docs/format.md has the keys.
struct CaptureDocument {
  /// The version of the form; a change that breaks a reader raises it.
  static let schema = 1

  private let view: CaptureView
  /// The key of what was held at the moment that is asked about.
  private let held: String
  private var header: CaptureHeader { view.header }

  init(_ view: CaptureView) {
    self.view = view
    held = view.when.key
  }

  func write(_ report: CaptureReport, to writer: inout JSONWriter) {
    head(report, &writer)
    account(&writer)
    switch report {
    case .summary: writer.list("lines", view.account.rows, line)
    case .lines: files(&writer)
    case .tree(let reverse, let depth):
      writer.put("reverse", reverse)
      let root = TreeReport.root(view, reverse: reverse, depth: depth)
      writer.object("tree", .rows) { branch(root, &$0) }
    case .leaks: leaks(&writer)
    case .stats: stats(&writer)
    }
    // Last, because only then is it known which sources had to be read.
    writer.list("caveats", texts: view.caveats)
  }

  // MARK: - What all have

  private func head(_ report: CaptureReport, _ writer: inout JSONWriter) {
    writer.put("schema", Self.schema)
    writer.put("kind", "capture")
    writer.put("report", Self.name(report))
    recording(&writer)
  }

  /// How the capture was recorded, and of what.
  func recording(_ writer: inout JSONWriter, withMode: Bool = true) {
    if withMode { writer.put("mode", view.isSampled ? "sampled" : "exact") }
    writer.put("interval", header.interval)
    writer.put("began", header.startTime > 0 ? Style.date(header.startTime) : nil)
    writer.put("duration", view.capture.duration)
    writer.object("peak") { writer in
      writer.put("bytes", header.peak)
      writer.put("seconds", Double(header.peakMoment) / 1e9)
      writer.put("bound", header.peakBound)
      writer.put("resident", header.residentAtPeak)
    }
    let processes = view.capture.processes.isEmpty ? [onlyProcess] : view.capture.processes
    writer.list("processes", processes.enumerated()) { process($0.offset, $0.element, &$1) }
    writer.list("unrecorded", view.capture.unrecorded) { process, writer in
      writer.put("pid", process.processID)
      writer.put("reason", process.reason)
      writer.put("program", process.program)
    }
    writer.list("marks", view.capture.marks) { mark, writer in
      writer.put("name", view.capture.texts[mark.name])
      writer.put("pid", Int(mark.processID))
      writer.put("from", Double(mark.begin) / 1e9)
      writer.put("to", Double(mark.end) / 1e9)
    }
  }

  /// The process of a capture that has one.
  private var onlyProcess: CaptureProcess {
    CaptureProcess(
      name: "\(header.processID)", header: header, command: view.capture.command,
      folder: view.capture.folder, begin: 0,
      end: header.lastMoment, ending: view.ending, counters: view.capture.counters.indices,
      threads: view.capture.threads.indices)
  }

  private func process(
    _ index: Int, _ process: CaptureProcess, _ writer: inout JSONWriter
  ) {
    let header = process.header
    writer.put("id", view.capture.number(ofProcess: index))
    writer.put("pid", Int(header.processID))
    writer.put("parent", Int(header.parentID))
    writer.put("command", process.command)
    writer.put("folder", process.folder)
    writer.put("python", header.pythonName)
    writer.put("began", Double(process.begin) / 1e9)
    writer.put("ended", Double(process.end) / 1e9)
    writer.put("peak", header.peak)
    let figures = view.account.processes.isEmpty ? view.account.sum : view.account.processes[index]
    writer.put(held, figures.held)
    writer.put("live_at_end", header.live)
    writer.put("inherited", header.inherited)
    writer.put("forked", process.isForked)
    writer.object("exit") { exit(process.ending, &$0) }
  }

  private static func name(_ report: CaptureReport) -> String {
    switch report {
    case .summary: "summary"
    case .lines: "lines"
    case .tree: "tree"
    case .leaks: "leaks"
    case .stats: "stats"
    }
  }

  private func exit(_ ending: Ending, _ writer: inout JSONWriter) {
    switch ending {
    case .exited(let status):
      writer.put("kind", "exited")
      writer.put("status", status)
    case .killed(let signal):
      writer.put("kind", "killed")
      writer.put("signal", signal)
    case .ended: writer.put("kind", "ended")
    case .stopped: writer.put("kind", "stopped")
    case .running: writer.put("kind", "running")
    case .withoutEnd: writer.put("kind", "unknown")
    }
  }

  /// What the lines add up to, and what no line explains.
  private func account(_ writer: inout JSONWriter) {
    let account = view.account
    writer.object("moment") { moment(&$0) }
    writer.put("in_use", account.height)
    writer.put("baseline", account.baseline)
    writer.put("in_lines", account.sum.held)
    writer.put("in_lines_standard_error", account.sum.heldError)
    writer.put("other_threads", account.otherThreads.held)
    writer.put("unexplained", account.unexplained)
    let least = Int(clamped: 2.9957 * Double(header.interval))
    writer.put("unlisted_below", view.isSampled ? least : nil)
  }

  private func moment(_ writer: inout JSONWriter) {
    switch view.when {
    case .peak: writer.put("kind", "peak")
    case .end: writer.put("kind", "end")
    case .at(let seconds):
      writer.put("kind", "at")
      writer.put("seconds", seconds)
    case .window(let first, let second):
      writer.put("kind", "window")
      writer.put("from", first)
      writer.put("to", second)
    }
    if view.when.isFromTimeline { writer.put("resolution", Double(header.step) / 1000) }
  }

  // MARK: - What one report has

  private func files(_ writer: inout JSONWriter) {
    writer.list("files", AnnotatedFile.all(of: view)) { file, writer in
      writer.put("file", file.file)
      writer.put(held, file.held)
      writer.list("lines", file.lines) { line, writer in
        writer.put("line", line.line)
        writer.list("functions", texts: line.functions)
        writer.put("source", view.sources.text(file.file, line.line))
        figures(line.figures ?? Figures(), &writer)
      }
    }
  }

  private func leaks(_ writer: inout JSONWriter) {
    let rows = LeaksReport.rows(view)
    let stacks = view.account.heaviestStacks(of: rows, count: LeaksReport.mostStacks)
    // Few places are in very many stacks: the text of each is made once.
    var frames = [[UInt8]](repeating: [], count: view.account.tree.places.count)
    writer.list("lines", zip(rows, stacks)) { leak, writer in
      line(leak.0, &writer)
      writer.list("stacks", leak.1) { stack($0, &frames, &$1) }
    }
  }

  private func stats(_ writer: inout JSONWriter) {
    let sum = view.account.sum
    writer.put("live_at_end", header.live)
    writer.put("allocated", header.allocated)
    writer.put("freed", header.freed)
    writer.put("allocations", header.allocations)
    writer.put("live_blocks", Int(header.liveBlocks))
    writer.put("temporary", sum.temporary)
    writer.put("temporary_blocks", sum.temporaryBlocks)
    writer.put("stacks", max(0, view.capture.counters.count - 1))
    writer.put("agent_bytes", header.agentBytes)
    writer.put("file_size", view.capture.fileSize)
    writer.put("limit", header.limit)
    writer.put("timeline_step", Double(header.step) / 1000)
    writer.object("dropped") { writer in
      writer.put("room", header.droppedForRoom)
      writer.put("disk", header.droppedForDisk)
      writer.put("memory", header.droppedForMemory)
      writer.put("nesting", header.droppedForNesting)
      writer.put("timeline", header.droppedChanges)
    }
    let threads = view.account.threads.enumerated().filter { $0.element != Figures() }
    writer.list("threads", threads) { thread, writer in
      let known = view.capture.threads[thread.offset]
      let process = view.capture.process(ofThread: thread.offset) ?? 0
      writer.put("process", view.capture.number(ofProcess: process))
      writer.put("name", view.capture.texts[known.name])
      writer.put("number", Int(known.number))
      figures(thread.element, &writer)
    }
    writer.list("most_allocated", StatsReport.byVolume(view), line)
    writer.list("most_allocations", StatsReport.byCount(view), line)
    writer.list("most_temporary", StatsReport.byTemporaries(view), line)
  }

  // MARK: - Lines

  private func line(_ row: Account.Row, _ writer: inout JSONWriter) {
    place(row.place, &writer)
    writer.put("source", view.source(row.place))
    figures(row.figures, &writer)
  }

  func place(_ place: Place, _ writer: inout JSONWriter) {
    if case .line(let file, let line, let function) = place {
      writer.put("file", file)
      writer.put("line", line)
      writer.put("function", function)
    } else {
      writer.put("file", String?.none)
      writer.put("line", Int?.none)
      writer.put("function", view.name(place))
    }
  }

  private func figures(_ figures: Figures, _ writer: inout JSONWriter) {
    writer.put(held, figures.held)
    writer.put("standard_error", figures.heldError)
    writer.put("blocks", view.when.isFromTimeline ? nil : figures.heldBlocks)
    writer.put("live_at_end", figures.live)
    writer.put("live_standard_error", figures.liveError)
    writer.put("allocated", figures.allocated)
    writer.put("allocated_standard_error", figures.allocatedError)
    writer.put("allocations", figures.allocations)
    writer.put("temporary", figures.temporary)
    writer.put("temporary_blocks", figures.temporaryBlocks)
  }

  /// `frames`: the texts of the places, as far as they are made.
  private func stack(
    _ stack: (node: Int, held: Int), _ frames: inout [[UInt8]], _ writer: inout JSONWriter
  ) {
    let tree = view.account.tree
    writer.put(held, stack.held)
    let thread = tree.thread(of: stack.node)
    writer.put("thread", thread > 0 ? view.capture.label(ofThread: thread) : nil)
    writer.list("frames") { writer in
      for node in tree.path(to: stack.node) {
        let number = Int(tree.placeOfNode[node])
        if frames[number].isEmpty {
          frames[number] = JSONWriter.object { place(tree.places[number], &$0) }
        }
        writer.object(again: frames[number])
      }
    }
  }

  private func branch(_ branch: Branch, _ writer: inout JSONWriter) {
    place(branch.place, &writer)
    writer.put("source", view.source(branch.place))
    writer.put(held, branch.held)
    writer.put("smaller", branch.smaller)
    writer.put(held + "_by_smaller", branch.heldBySmaller)
    writer.put("cut", branch.isCut)
    writer.list("children", branch.children, self.branch)
  }
}

extension When {
  /// The key of what was held at that moment.
  package var key: String {
    switch self {
    case .peak: "at_peak"
    case .end, .at: "held"
    case .window: "increase"
    }
  }
}
