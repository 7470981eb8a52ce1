// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureFormat

/// The captures of programs that were changed since the examples were recorded.
extension CaptureBuilder {
  /// The job of the night after a change: a line holds more, one is gone, one new, lines stand
  /// further down, the samples are others.
  package static func laterNightJob() -> CaptureBuilder {
    var builder = CaptureBuilder(
      command: "python train.py --epochs 20", folder: "/home/you/project", interval: 512 << 10)
    let project = "/home/you/project"
    let main = builder.thread("MainThread", 911)
    let worker = builder.thread("loader-1", 917)
    let module = builder.calls(main, "<module> \(project)/train.py:50")
    let run = builder.calls(module, "main \(project)/train.py:41")
    builder.holds(
      builder.calls(run, "load \(project)/data/load.py:22"), atPeak: 1012 * mib, live: 1012 * mib,
      allocated: 1900 * mib, blocks: 1_600_000, variance: 100 * square(mib), temporary: 400 * mib)
    builder.holds(
      builder.calls(run, "columns \(project)/features.py:31"), atPeak: 64 * mib, live: 64 * mib,
      blocks: 3, variance: 0)
    builder.holds(
      builder.calls(
        worker, "Loader.run \(project)/data/loader.py:51",
        "Loader.fetch \(project)/data/loader.py:77"), atPeak: 101 * mib, live: 120 * mib,
      blocks: 41_000, variance: 16 * square(mib))
    for line in 1...10 {
      builder.holds(
        builder.calls(module, "step \(project)/train.py:\(110 + line)"), atPeak: mib / 2,
        allocated: (40 + line) * mib, blocks: 100, variance: square(mib) / 4)
    }
    builder.source("\(project)/train.py", 50, "    main()")
    builder.source("\(project)/train.py", 41, "        rows = load(path)")
    builder.source("\(project)/data/load.py", 22, "        rows.append(parse(line, columns))")
    builder.source("\(project)/features.py", 31, "    return [path | None] or `ls`")
    builder.source("\(project)/data/loader.py", 77, "\t\tself.cache[key] = 名前.read()")
    builder.finish(peak: 1260, live: 1250, baseline: 48, at: 9_741, end: 9_800)
    builder.header.startTime += 86_400 * 1_000_000_000
    builder.header.processID = 911
    return builder
  }

  /// The short program after a change, recorded in another folder: `read` stands ten lines further
  /// down, `table` gave way to `frame`.
  package static func laterShortJob() -> CaptureBuilder {
    var builder = CaptureBuilder(command: "python job.py")
    let main = builder.thread("MainThread", 4712)
    let module = builder.calls(main, "<module> job.py:9")
    builder.holds(
      builder.calls(module, "read job.py:13"), atPeak: 73 * mib, live: 10 * mib,
      allocated: 93 * mib, blocks: 640)
    builder.holds(
      builder.calls(module, "frame job.py:16"), atPeak: 12 * mib, live: 12 * mib, blocks: 3)
    for (line, text) in [
      (13, "        rows = [parse(line) for line in file]"), (16, "    return Frame(rows)"),
    ] {
      builder.source("job.py", line, text)
    }
    builder.finish(peak: 95, live: 32, baseline: 10, at: 3.25, end: 4.5)
    return builder
  }
}
