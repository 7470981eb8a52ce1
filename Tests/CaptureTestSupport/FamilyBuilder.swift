// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureFormat

/// Describes the folder of a tree of processes, as they leave it.
package struct FamilyBuilder {
  package var joint = JointPage()
  /// By their names without ".peakline".
  package var members: [String: CaptureBuilder] = [:]
  package var unrecorded = ""

  package init() {}

  /// The files of the folder, by their names.
  package func files() -> [String: [UInt8]] {
    var page = unsafe withUnsafeBytes(of: joint) { unsafe Array($0) }
    page += [UInt8](repeating: 0, count: JointPage.size - page.count)
    var files = [JointPage.name: page]
    for (name, builder) in members { files[name + FamilyForm.suffix] = builder.bytes() }
    if !unrecorded.isEmpty { files[FamilyForm.unrecorded] = Array(unrecorded.utf8) }
    return files
  }
}

extension CaptureBuilder {
  /// Second 0 of the trees here, by the monotonic clock.
  package static let treeBegin = 5_000_000_000_000

  /// A process of a tree, which is there from one second of the tree to another.
  package static func process(
    _ number: Int, parent: Int, _ command: String, from begin: Double, to end: Double,
    interval: Int = 0
  ) -> CaptureBuilder {
    var builder = CaptureBuilder(command: command, interval: interval)
    builder.header.processID = UInt32(number)
    builder.header.parentID = UInt32(parent)
    builder.header.begin = treeBegin + Int(begin * 1e9)
    builder.header.startTime += Int(begin * 1e9)
    builder.header.lastMoment = Int((end - begin) * 1e9)
    return builder
  }

  /// Notes what an entry of counters held at a peak of the whole tree.
  package mutating func joint(_ counters: UInt32, epoch: UInt32, bytes: Int, blocks: Float = 1) {
    self.counters[Int(counters)].jointEpoch = epoch
    self.counters[Int(counters)].atJoint = bytes
    self.counters[Int(counters)].blocksAtJoint = blocks
  }
}

extension FamilyBuilder {
  /// A job with two workers, one of which was gone at the peak, a process that came after it, a program
  /// that was started by fork and exec, and one that became another.
  package static func job() -> FamilyBuilder {
    var tree = FamilyBuilder()
    tree.joint.peak = 1000
    tree.joint.total = 90
    tree.joint.peakMoment = CaptureBuilder.treeBegin + 4_000_000_000
    tree.joint.epoch = 7
    tree.unrecorded = "50 static /bin/tool\n51 setuid /bin/su\n51 failed /bin/su\n"

    var root = CaptureBuilder.process(40, parent: 1, "python job.py", from: 0, to: 10)
    let main = root.thread("MainThread", 40)
    let line = root.calls(main, "<module> job.py:2")
    let first = root.holds(line, atPeak: 900, live: 50, allocated: 2000)
    root.joint(first, epoch: 7, bytes: 600, blocks: 3)
    let second = root.holds(root.calls(main, "f lib.py:3"), atPeak: 10, live: 40)
    root.joint(second, epoch: 6, bytes: 30)
    for (second, live) in [(0.0, 100), (4.0, 640), (10.0, 90)] {
      root.moment(second, live: live)
    }
    root.change(first, until: 6, live: 600)
    Self.set(&root, peak: 910, live: 90, allocated: 2040, bound: 100)
    tree.members["40"] = root

    var early = CaptureBuilder.process(41, parent: 40, "python early.py", from: 1, to: 3)
    let earlyMain = early.thread("MainThread", 41)
    early.joint(
      early.holds(early.calls(earlyMain, "g lib.py:9"), atPeak: 800, live: 20), epoch: 5,
      bytes: 700)
    for (second, live) in [(0.5, 500), (2.0, 20)] { early.moment(second, live: live) }
    Self.set(&early, peak: 800, live: 20, allocated: 800, bound: 11)
    tree.members["41"] = early

    var fork = CaptureBuilder.process(42, parent: 40, "python job.py", from: 2, to: 2.5)
    fork.header.flags |= CaptureFlags.forked
    fork.header.inherited = 4000
    fork.header.state = CaptureState.recording
    fork.header.exitKind = CaptureExit.unknown
    let forkMain = fork.thread("MainThread", 42)
    fork.holds(fork.calls(forkMain, "run job.py:5"), atPeak: 8, live: 8)
    fork.moment(0.25, live: 8)
    Self.set(&fork, peak: 8, live: 8, allocated: 8, bound: 1)
    tree.members["42"] = fork

    // It had held 360 at the peak, and nothing of it was touched since then.
    var program = CaptureBuilder.process(42, parent: 40, "python tool.py", from: 2.25, to: 9)
    let programMain = program.thread("MainThread", 42)
    program.joint(
      program.holds(program.calls(programMain, "h tool.py:1"), atPeak: 360, live: 360), epoch: 3,
      bytes: 1)
    program.moment(1, live: 360)
    Self.set(&program, peak: 360, live: 360, allocated: 360, bound: 1000)
    tree.members["42-2"] = program

    var late = CaptureBuilder.process(43, parent: 42, "python late.py", from: 6, to: 8)
    let lateMain = late.thread("MainThread", 43)
    late.joint(
      late.holds(late.calls(lateMain, "f lib.py:3"), atPeak: 70, live: 5), epoch: 7, bytes: 3)
    late.moment(1, live: 70)
    Self.set(&late, peak: 70, live: 5, allocated: 70, bound: 5)
    tree.members["43"] = late
    return tree
  }

  private static func set(
    _ builder: inout CaptureBuilder, peak: Int, live: Int, allocated: Int, bound: Int
  ) {
    builder.header.peak = peak
    builder.header.live = live
    builder.header.allocated = allocated
    builder.header.freed = allocated - live
    builder.header.peakBound = bound
  }
}
