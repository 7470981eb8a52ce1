// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureFormat

/// The captures that reports are tested with.
extension CaptureBuilder {
  static let mib = 1 << 20

  /// A job of the night that the kernel has killed: sampled, two threads, a library, frames of the
  /// same line, the texts of its lines.
  package static func nightJob() -> CaptureBuilder {
    var builder = CaptureBuilder(
      command: "python train.py --epochs 20", folder: "/home/you/project", interval: 512 << 10)
    let project = "/home/you/project"
    let numpy = "/home/you/.venv/lib/python3.12/site-packages/numpy/lib/npyio.py"
    let main = builder.thread("MainThread", 4711)
    let worker = builder.thread("loader-1", 4719)
    let idle = builder.thread("", 4720)
    let module = builder.calls(main, "<module> \(project)/train.py:40")
    let run = builder.calls(module, "main \(project)/train.py:31")
    let load = builder.calls(run, "load \(project)/data/load.py:12")
    builder.holds(
      load, atPeak: 780 * mib, live: 780 * mib, blocks: 1_204_000, variance: 81 * square(mib))
    builder.holds(
      builder.calls(run, "load \(project)/data/load.py:12"), atPeak: 32 * mib, live: 30 * mib,
      allocated: 900 * mib, blocks: 52_000, variance: 4 * square(mib), temporary: 400 * mib)
    let array = builder.calls(
      run, "features \(project)/features.py:88", "loadtxt \(numpy):1373", "_read \(numpy):1021")
    builder.holds(
      array, atPeak: 320 * mib, live: 320 * mib, allocated: 640 * mib, blocks: 2, variance: 0)
    let cache = builder.calls(
      worker, "Loader.run \(project)/data/loader.py:51", "Loader.fetch \(project)/data/loader.py:77"
    )
    builder.holds(
      cache, atPeak: 96 * mib, live: 128 * mib, blocks: 40_000, variance: 16 * square(mib))
    builder.holds(idle, atPeak: 6 * mib, live: 6 * mib, blocks: 12, variance: square(mib))
    for line in 1...12 {
      builder.holds(
        builder.calls(module, "step \(project)/train.py:\(100 + line)"), atPeak: mib / 2,
        allocated: (40 + line) * mib, blocks: 100, variance: square(mib) / 4)
    }
    builder.source("\(project)/train.py", 40, "    main()")
    builder.source("\(project)/train.py", 31, "    rows = load(path)")
    builder.source("\(project)/data/load.py", 12, "        rows.append(parse(line, columns))")
    builder.source("\(project)/features.py", 88, "    return np.loadtxt(path, dtype=np.float32)")
    builder.source("\(project)/data/loader.py", 77, "\t\tself.cache[key] = 名前.read()")
    builder.source(numpy, 1021, "    chunk = _load_from_filelike(data, dtype)")
    for index in 0...60 {
      builder.moment(Double(index) * 192, live: (40 + index * 22) * mib)
    }
    builder.mark("fit the model", from: 31.25, to: 11502.5)
    builder.finish(peak: 1320, live: 1340, baseline: 48, at: 11_502.25, end: 11_520.5)
    builder.header.exitKind = CaptureExit.killed
    builder.header.exitStatus = 9
    builder.header.state = CaptureState.recording
    builder.header.peakBound = 3 * mib
    builder.header.droppedForRoom = 1204
    builder.header.residentAtPeak = 1290 * mib
    return builder
  }

  /// A short program of which every allocation was recorded: with a timeline, and a line that was hit
  /// by two instructions.
  package static func shortJob() -> CaptureBuilder {
    var builder = CaptureBuilder(command: "python job.py")
    let main = builder.thread("MainThread", 4711)
    let module = builder.calls(main, "<module> job.py:9")
    let first = builder.holds(
      builder.calls(module, "read job.py:3"), atPeak: 60 * mib, live: 10 * mib,
      allocated: 80 * mib, blocks: 600)
    let second = builder.holds(
      builder.calls(module, "read job.py:3"), atPeak: 5 * mib, allocated: 5 * mib, blocks: 50)
    let third = builder.holds(
      builder.calls(module, "table job.py:6"), atPeak: 25 * mib, live: 25 * mib, blocks: 2)
    builder.change(first, until: 0.5, live: 0)
    builder.change(first, until: 4.0, live: 60 * mib)
    builder.change(first, until: 4.0, live: 60 * mib)
    builder.change(second, until: 3.0, live: 5 * mib)
    builder.change(second, until: 1.0, live: 0)
    builder.change(third, until: 2.0, live: 0)
    for (second, live) in [(0, 10), (1, 70), (2, 75), (3, 100), (4, 50), (5, 45)] {
      builder.moment(Double(second), live: live * mib)
    }
    for (line, text) in [
      (3, "    rows = [parse(line) for line in file]"), (6, "    t = array(rows)"),
    ] {
      builder.source("job.py", line, text)
    }
    builder.finish(peak: 100, live: 45, baseline: 10, at: 2.5, end: 5.0)
    return builder
  }

  /// Sizes in MiB, moments in seconds.
  package mutating func finish(
    peak: Int, live: Int, baseline: Int, at moment: Double, end: Double
  ) {
    let mib = Self.mib
    header.peak = peak * mib
    header.live = live * mib
    header.baseline = baseline * mib
    header.peakMoment = Int(moment * 1e9)
    header.lastMoment = Int(end * 1e9)
    header.allocated = counters.reduce(0) { $0 + $1.allocated }
    header.freed = header.allocated - (live - baseline) * mib
    header.allocations = counters.reduce(0) { $0 + Int($1.allocations) }
    header.flags |= CaptureFlags.smallObjects | CaptureFlags.preloaded
    header.agentBytes = 6 * mib
    header.limit = 256 * mib
    header.liveBlocks = 2500
  }

  static func square(_ bytes: Int) -> Double { Double(bytes) * Double(bytes) }
}
