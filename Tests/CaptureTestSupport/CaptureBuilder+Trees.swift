// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureFormat
import CaptureReader

/// Makes captures of trees as they are when those of their processes have been merged.
package struct TreeBuilder {
  /// The tables that all processes have in common.
  package var tables: CaptureBuilder
  package var processes: [CaptureProcess] = []
  package var unrecorded: [UnrecordedProcess] = []

  package init(_ tables: CaptureBuilder) { self.tables = tables }

  /// Adds a process with the threads and counters that `fill` makes; moments in seconds, sizes in MiB.
  package mutating func process(
    _ number: Int, _ command: String, from begin: Double, to end: Double,
    _ ending: Ending = .exited(0), parent: Int? = nil, peak: Int, live: Int = 0,
    inherited: Int? = nil, _ fill: (inout CaptureBuilder) -> Void
  ) {
    let (counters, threads) = (tables.counters.count, tables.threads.count)
    fill(&tables)
    var header = tables.header
    header.processID = UInt32(number)
    header.parentID = parent.map { processes[$0].header.processID } ?? 1
    header.peak = peak << 20
    header.live = live << 20
    header.allocated = tables.counters[counters...].reduce(0) { $0 + $1.allocated }
    if let inherited {
      header.inherited = inherited << 20
      header.flags |= CaptureFlags.forked
    }
    let image = processes.filter { $0.header.processID == header.processID }.count + 1
    processes.append(
      CaptureProcess(
        name: image == 1 ? "\(number)" : "\(number)-\(image)", header: header, command: command,
        folder: "/home/you/project", begin: Int(begin * 1e9),
        end: Int(end * 1e9), ending: ending, counters: counters..<tables.counters.count,
        threads: threads..<tables.threads.count, parent: parent))
  }

  package func capture() throws(CaptureFailure) -> Capture {
    var capture = try Capture(bytes: tables.bytes())
    capture.processes = processes
    capture.unrecorded = unrecorded
    return capture
  }
}

extension TreeBuilder {
  /// A program that loads with workers: sampled; one worker was killed, one is what a shell became, and
  /// one could not be recorded.
  package static func workers(interval: Int = 512 << 10) -> TreeBuilder {
    let mib = CaptureBuilder.mib
    let project = "/home/you/project"
    let command = "/usr/bin/python3 train.py --workers 3"
    var tables = CaptureBuilder(command: command, folder: project, interval: interval)
    tables.header.flags |= CaptureFlags.smallObjects
    let shell = "/bin/sh -c exec python3 convert.py big.csv"
    func hold(
      _ builder: inout CaptureBuilder, _ thread: UInt32, _ frames: String..., at peak: Int,
      live: Int = 0, blocks: Double
    ) {
      var stack = thread
      for frame in frames { stack = builder.calls(stack, frame) }
      builder.holds(
        stack, atPeak: peak * mib, live: live * mib, blocks: blocks,
        variance: Double(interval) * Double(peak * mib))
    }
    var tree = TreeBuilder(tables)
    tree.process(4711, command, from: 0, to: 96.25, peak: 240, live: 60) { builder in
      let main = builder.thread("MainThread", 4711)
      let feeder = builder.thread("QueueFeederThread", 4716)
      hold(
        &builder, main, "<module> \(project)/train.py:58", "main \(project)/train.py:41", at: 120,
        live: 60, blocks: 300)
      hold(&builder, feeder, "feed \(project)/queues.py:19", at: 40, blocks: 12_000)
    }
    tree.process(4712, command, from: 2.5, to: 90.5, parent: 0, peak: 410, inherited: 96) {
      builder in
      let main = builder.thread("MainThread", 4712)
      hold(
        &builder, main, "<module> \(project)/train.py:58", "work \(project)/worker.py:12",
        "load \(project)/load.py:33", at: 400, blocks: 90_000)
    }
    tree.process(
      4713, command, from: 2.75, to: 61, .killed(signal: 9), parent: 0, peak: 380, live: 350,
      inherited: 96
    ) { builder in
      let main = builder.thread("MainThread", 4713)
      hold(
        &builder, main, "<module> \(project)/train.py:58", "work \(project)/worker.py:12",
        "load \(project)/load.py:33", at: 350, live: 350, blocks: 80_000)
    }
    tree.process(4714, shell, from: 3, to: 3.25, .withoutEnd, parent: 0, peak: 1, live: 1) {
      let main = $0.thread("sh", 4714)
      $0.holds(main, live: mib, blocks: 9)
    }
    tree.process(
      4714, "python3 convert.py big.csv", from: 3.25, to: 44, .exited(2), parent: 0, peak: 700
    ) { builder in
      let main = builder.thread("MainThread", 4714)
      hold(
        &builder, main, "<module> \(project)/convert.py:9", "rows \(project)/convert.py:4", at: 90,
        blocks: 2)
    }
    tree.processes[3].header.stacks = CaptureStacks.noPython
    tree.processes[3].header.python = 0
    tree.process(4717, "/usr/bin/gzip -9 parts", from: 91, to: 95, parent: 0, peak: 2) {
      let main = $0.thread("gzip", 4717)
      $0.holds(main, allocated: 2 * mib, blocks: 3)
    }
    tree.processes[5].header.stacks = CaptureStacks.noPython
    tree.processes[5].header.python = 0
    tree.unrecorded = [
      UnrecordedProcess(processID: 4718, reason: "static", program: "/opt/tools/fetch")
    ]
    for (line, text) in [
      ("train.py:58", "    main()"), ("train.py:41", "    table = merge(parts)"),
      ("queues.py:19", "        self.buffer.append(item)"),
      ("load.py:33", "        rows.append(parse(line))"),
      ("convert.py:4", "    return array(f.read())"),
    ] {
      let place = line.split(separator: ":").map(String.init)
      tree.tables.source("\(project)/\(place[0])", Int(place[1]) ?? 0, text)
    }
    for index in 0...30 {
      tree.tables.moment(
        Double(index) * 3.2, live: (index < 13 ? 60 + index * 80 : 1100 - (index - 13) * 60) * mib)
    }
    tree.tables.finish(peak: 1016, live: 411, baseline: 4, at: 41.5, end: 96.25)
    tree.tables.header.peakBound = 320 << 10
    tree.tables.header.liveBlocks = 840
    return tree
  }
}
