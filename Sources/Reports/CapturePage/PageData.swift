// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// A capture as the page's script reads it (`Web/report`): a small JSON with all texts, and columns of numbers.
struct PageData {
  /// What a page shows well, and what is more is folded.
  struct Most {
    var nodes = 100_000
    var changes = 1 << 18
    var moments = 10_000
  }

  let view: CaptureView
  private(set) var columns = PageColumns()
  private(set) var folded: FoldedTree
  private let timeline: PageTimeline
  private let moments: [CaptureMoment]
  private let places: PagePlaces
  private let sources: PageSources

  init(_ view: CaptureView, most: Most = Most()) {
    self.view = view
    let (capture, tree) = (view.capture, view.account.tree)
    let all = NodeColumns(capture, nodes: tree.nodeOfCounters, count: tree.parents.count)
    folded = FoldedTree(
      parents: tree.parents,
      measures: [all.peak, all.live, all.allocated, all.temporary, all.allocations],
      most: most.nodes)
    let nodes = all.folded(into: folded.targets, count: folded.kept.count)
    timeline = PageTimeline(capture, nodes: tree.nodeOfCounters, most: most.changes)
    moments = Self.thinned(capture.moments, most: most.moments)
    places = PagePlaces(tree, folded)
    sources = PageSources(view, heaviest: view.linesWithSources)
    columns.add("place.kind", places.kinds)
    columns.add("place.file", places.files)
    columns.add("place.line", places.lines)
    columns.add("place.function", places.functions)
    columns.add("node.parent", folded.parents)
    columns.add("node.place", places.placeOfNode)
    for (name, numbers) in nodes.named(isSampled: view.isSampled) {
      columns.add("node.\(name)", numbers)
    }
    addTimeline()
  }

  private mutating func addTimeline() {
    let (capture, tree) = (view.capture, view.account.tree)
    let rows = timeline.counters
    columns.add("counter.node", rows.map { folded.targets[Int(tree.nodeOfCounters[$0])] })
    columns.add("counter.live", rows.map { Double(capture.counters[$0].live) })
    columns.add("counter.process", processes(of: rows))
    columns.add("counter.thread", threads(of: rows))
    columns.add("change.counter", timeline.changes.map(\.row))
    columns.add("change.until", timeline.changes.map { Int32(clamping: $0.until) })
    columns.add("change.live", timeline.changes.map { Double($0.live) })
    columns.add("moment.ms", moments.map { Double($0.moment) / 1e6 })
    columns.add("moment.live", moments.map { Double($0.live) })
    columns.add("moment.highest", moments.map { Double($0.highest) })
    columns.add("moment.resident", moments.map { Double($0.resident) })
  }

  /// Of rows of the counters the process, as an index of those that the page has.
  private func processes(of rows: [Int]) -> [Int32] {
    var numbers = [Int32](repeating: 0, count: view.capture.counters.count)
    for (index, process) in view.capture.processes.enumerated() {
      for counter in process.counters where numbers.indices.contains(counter) {
        numbers[counter] = Int32(index)
      }
    }
    return rows.map { numbers[$0] }
  }

  private func threads(of rows: [Int]) -> [Int32] {
    let tree = view.account.tree
    var threads = [Int32](repeating: 0, count: tree.parents.count)
    for node in threads.indices.dropFirst() {
      if case .thread(let index) = tree.place(node) {
        threads[node] = Int32(index)
      } else {
        threads[node] = threads[Int(tree.parents[node])]
      }
    }
    return rows.map { threads[Int(tree.nodeOfCounters[$0])] }
  }

  /// Of more moments than that, each slice's last, with the highest of the slice.
  private static func thinned(_ moments: [CaptureMoment], most: Int) -> [CaptureMoment] {
    guard moments.count > most else { return moments }
    let size = (moments.count + most - 1) / most
    return stride(from: 0, to: moments.count, by: size).map { start in
      let slice = moments[start..<min(start + size, moments.count)]
      var one = slice[slice.endIndex - 1]
      one.highest = slice.map(\.highest).max() ?? one.highest
      return one
    }
  }

  // MARK: - The JSON

  /// JSON that may stand inside of a `script` element.
  func json() -> String {
    var bytes: [UInt8] = []
    JSONWriter.document { piece in
      // Only in strings, and no string may end the element, or begin a comment, too early.
      for byte in piece {
        if byte == UInt8(ascii: "<") { bytes += Array("\\u003c".utf8) } else { bytes.append(byte) }
      }
    } _: {
      write(to: &$0)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(to writer: inout JSONWriter) {
    let header = view.header
    writer.put("schema", 1)
    writer.put("kind", "capture")
    heading(&writer)
    writer.put("isSampled", view.isSampled)
    writer.put("interval", header.interval)
    writer.put("step", timeline.step)
    writer.put("duration", Double(header.lastMoment) / 1e6)
    writer.object("peak") { writer in
      writer.put("bytes", header.peak)
      writer.put("ms", Double(header.peakMoment) / 1e6)
      writer.put("bound", header.peakBound)
      writer.put("resident", header.residentAtPeak)
    }
    writer.object("end") { $0.put("bytes", header.live) }
    writer.put("baseline", header.baseline)
    writer.list("findings", PageFindings(view).all()) { finding, writer in
      writer.put("text", finding.text)
      writer.put("place", finding.place.flatMap { places.number(of: $0) })
    }
    writer.list("processes", processEntries) { process, writer in
      writer.put("pid", process.pid)
      writer.put("label", process.label)
      writer.put("begin", process.begin)
      writer.put("end", process.end)
      writer.put("peak", process.peak)
      writer.put("ending", process.ending)
    }
    writer.list("threads", view.capture.threads.indices) { index, writer in
      writer.put("label", index == 0 ? "" : view.name(.thread(index)))
      writer.put("process", process(ofThread: index))
    }
    writer.list("files", texts: places.fileNames)
    writer.list("short", texts: places.fileNames.map(view.short))
    writer.list("functions", texts: places.functionNames)
    writer.list("sources", sources.files) { source, writer in
      writer.put("file", places.number(ofFile: source.file))
      writer.list("lines", optionalTexts: source.lines)
    }
    writer.list("marks", [PageMark]()) { mark, writer in
      writer.put("ms", mark.milliseconds)
      writer.put("text", mark.text)
    }
    if folded.foldedCount > 0 || timeline.folded > 0 {
      writer.object("folded") { writer in
        writer.put("nodes", folded.foldedCount)
        writer.put("share", folded.share)
        writer.put("changes", timeline.folded)
      }
    }
    writer.list("columns", columns.columns) { column, writer in
      writer.put("name", column.name)
      writer.put("type", column.type)
      writer.put("count", column.count)
    }
    // Last, because only then is it known which sources had to be read.
    writer.list("notes", texts: view.caveats)
  }

  private func heading(_ writer: inout JSONWriter) {
    let heading = CaptureHeading(view, style: Style())
    let command = view.capture.command
    writer.put("title", command.isEmpty ? "a program whose name is not known" : command)
    writer.list("about", texts: [heading.about, heading.ending.text] + heading.chosen)
  }

  private struct ProcessEntry {
    var pid: Int
    var label: String
    var begin: Double
    var end: Double
    var peak: Int
    var ending: String
  }

  private var processEntries: [ProcessEntry] {
    let header = view.header
    guard !view.capture.processes.isEmpty else {
      let pid = Int(header.processID)
      return [
        ProcessEntry(
          pid: pid, label: "\(pid) \(view.capture.command)", begin: 0,
          end: Double(header.lastMoment) / 1e6, peak: header.peak,
          ending: CaptureHeading(view, style: Style()).ending.text)
      ]
    }
    return view.capture.processes.enumerated().map { index, process in
      ProcessEntry(
        pid: Int(process.header.processID), label: view.capture.label(ofProcess: index),
        begin: Double(process.begin) / 1e6, end: Double(process.end) / 1e6,
        peak: process.header.peak, ending: process.ending.words)
    }
  }

  private func process(ofThread thread: Int) -> Int {
    view.capture.processes.firstIndex { $0.threads.contains(thread) } ?? 0
  }
}

/// Something that happened while the program ran.
struct PageMark {
  var milliseconds: Double
  var text: String
}

extension Ending {
  /// In a few words, for a list.
  var words: String {
    switch self {
    case .exited(0), .ended: "ended"
    case .exited(let status): "ended with status \(status)"
    case .killed(let signal): "killed by signal \(signal)"
    case .stopped: "its recording was stopped"
    case .running: "runs"
    case .withoutEnd: "killed, or ended unseen"
    }
  }
}
