// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureTestSupport
import FoundationEssentials
import Glibc
import Testing

@testable import CaptureReader

/// What the captures of a tree's processes say together.
@Suite struct FamilyTests {
  @Test func `the figures are those of the joint peak`() throws {
    try withFolder(FamilyBuilder.job().files()) { path in
      let capture = try Capture(path: path)
      #expect(capture.header.peak == 1000)
      #expect(capture.header.peakMoment == 4_000_000_000)
      #expect(capture.header.lastMoment == 10_000_000_000)
      #expect(capture.header.live == 90 + 20 + 360 + 5)
      #expect(capture.header.allocated == 2040 + 800 + 8 + 360 + 70)
      // The root and the tool were there.
      #expect(capture.header.peakBound == 2 * JointPage.batch + 100 + 1000)
      #expect(capture.command == "python job.py")
      #expect(capture.header.processID == 40)
      #expect(capture.joint?.epoch == 7)
      #expect(capture.damagedEntries == 0 && capture.unread.isEmpty && !capture.isCutShort)
      #expect(capture.counters.allSatisfy { $0.epoch >= capture.header.peakEpoch || $0.stack == 0 })
      let held = Dictionary(
        uniqueKeysWithValues: capture.processes.map { process in
          (process.name, capture.counters[process.counters].map(\.atPeak))
        })
      // Not touched since, gone, in its place a program that has it all, not there yet.
      #expect(held == ["40": [600, 40], "41": [0], "42-2": [0, 360], "43": [0]])
      #expect(capture.counters.map(\.blocksAtPeak) == [0, 3, 1, 0, 0, 1, 0])
      #expect(capture.counters.map(\.live) == [0, 50, 40, 20, 0, 360, 5])
    }
  }

  @Test func `processes are told apart, in the order of their beginnings`() throws {
    try withFolder(FamilyBuilder.job().files()) { path in
      let capture = try Capture(path: path)
      let processes = capture.processes
      #expect(processes.map(\.name) == ["40", "41", "42-2", "43"])
      #expect(
        processes.map(\.command)
          == ["python job.py", "python early.py", "python tool.py", "python late.py"])
      // The program began as a fork.
      #expect(processes.map(\.begin) == [0, 1, 2, 6].map { $0 * 1_000_000_000 })
      #expect(processes.map(\.end) == [10, 3, 9, 8].map { $0 * 1_000_000_000 })
      #expect(processes.map(\.parent) == [nil, 0, 0, 2])
      #expect(processes.map(\.header.peak) == [910, 800, 360, 70])
      #expect(processes.map(\.ending) == Array(repeating: .exited(0), count: 4))
      #expect(processes.flatMap { Array($0.counters) } == Array(1..<capture.counters.count))
      #expect(processes.flatMap { Array($0.threads) } == Array(1..<capture.threads.count))
      #expect(
        capture.unrecorded
          == [UnrecordedProcess(processID: 50, reason: "static", program: "/bin/tool")])
    }
  }

  @Test func `stacks, threads and functions stay who they are`() throws {
    let tree = FamilyBuilder.job()
    try withFolder(tree.files()) { path in
      let capture = try Capture(path: path)
      for process in capture.processes where process.name != "42-2" {
        let alone = try Capture(path: path, process: process.name)
        for (own, merged) in zip(1..<alone.counters.count, process.counters) {
          #expect(frames(alone, own) == frames(capture, merged))
        }
      }
      #expect(frames(capture, 4) == ["MainThread 42", "run job.py:5"])
      #expect(frames(capture, 5) == ["MainThread 42", "h tool.py:1"])
      // What two processes have in common is there once.
      #expect(capture.functions.count == 1 + 5)
    }
  }

  /// A thread, and the calls of one entry of counters below it.
  private func frames(_ capture: Capture, _ counters: Int) -> [String] {
    var frames: [String] = []
    var index = Int(capture.counters[counters].stack)
    #expect(capture.stacks[index].counters == UInt32(counters))
    while index != 0 {
      let stack = capture.stacks[index]
      if stack.function == 0 {
        let thread = capture.threads[Int(stack.line)]
        frames.insert("\(capture.texts[thread.name]) \(thread.number)", at: 0)
      } else {
        let function = capture.functions[Int(stack.function)]
        let name = capture.texts[function.name]
        frames.insert("\(name) \(capture.texts[function.file]):\(stack.line)", at: 0)
      }
      index = Int(stack.parent)
    }
    return frames
  }

  @Test func `the curve is the sum of those that are there`() throws {
    try withFolder(FamilyBuilder.job().files()) { path in
      let capture = try Capture(path: path)
      // Each says what was in use until then, which together was never more than the joint peak, 1000: of
      // 1140 and 1020 not all was there at once. The fork's 8 are gone when it becomes the program; 43 has 70
      // from second 6 to 8.
      let expected = [
        (0, 0), (1_000_000_000, 640), (1_500_000_000, 1000), (2_000_000_000, 660),
        (2_250_000_000, 668), (3_000_000_000, 1000), (4_000_000_000, 1000), (6_000_000_000, 450),
        (8_000_000_000, 520), (9_000_000_000, 450), (10_000_000_000, 90),
      ]
      #expect(capture.moments.map(\.moment) == expected.map(\.0))
      #expect(capture.moments.map(\.live) == expected.map(\.1))
      #expect(capture.changes.map(\.until) == [6000, 2250])
      #expect(capture.changes.map(\.counters) == [1, 4])
      #expect(capture.changes.map(\.live) == [600, 8])
    }
  }

  @Test func `what a sampled capture cannot know has the largest error that it can have`() throws {
    var tree = FamilyBuilder()
    tree.joint.epoch = 2
    tree.joint.peak = 500
    tree.joint.peakMoment = CaptureBuilder.treeBegin + 1_000_000_000
    for (number, epoch) in [(40, UInt32(2)), (41, 1)] {
      var builder = CaptureBuilder.process(
        number, parent: 40, "a", from: 0, to: 2, interval: 1000)
      let main = builder.thread("", number)
      builder.joint(
        builder.holds(builder.calls(main, "f a.py:1"), live: 7, variance: 3), epoch: epoch,
        bytes: 20)
      tree.members["\(number)"] = builder
    }
    try withFolder(tree.files()) { path in
      let capture = try Capture(path: path)
      #expect(capture.isSampled)
      #expect(capture.counters.map(\.atPeak) == [0, 20, 7])
      #expect(capture.counters.map(\.varianceAtPeak) == [0, 20_000, 3])
    }
  }

  @Test func `of too many marks the first in time are kept, whichever process they are of`() throws
  {
    var tree = FamilyBuilder.job()
    // The root is read first, and says its marks later.
    let many = CaptureMark.most * 3 / 4
    for number in 0..<many {
      let second = Double(number) / 1e5
      tree.members["40"]?.mark("root", from: 5 + second)
      tree.members["41"]?.mark("early", from: second)
    }
    tree.members["43"]?.mark("late", from: 1)
    try withFolder(tree.files()) { path in
      let capture = try Capture(path: path)
      #expect(capture.marks.map(\.begin) == capture.marks.map(\.begin).sorted())
      let names = capture.marks.map { capture.texts[$0.name] }
      #expect(names.count == CaptureMark.most)
      #expect(names.filter { $0 == "early" }.count == many)
      #expect(names.filter { $0 == "root" }.count == CaptureMark.most - many)
      #expect(!names.contains("late"))
    }
  }

  @Test func `a folder with one process is its capture`() throws {
    var tree = FamilyBuilder()
    tree.members["40"] = FamilyBuilder.job().members["40"]
    try withFolder(tree.files()) { path in
      let capture = try Capture(path: path)
      #expect(capture.processes.isEmpty && capture.joint == nil)
      #expect(capture.header.peak == 910)
      #expect(capture.counters.map(\.atPeak) == [0, 900, 10])
      #expect(try Capture(path: path, process: "40").header.peak == 910)
      #expect(try Capture.header(ofFile: path).peak == 910)
    }
    tree.unrecorded = "41 static /bin/a\n"
    try withFolder(tree.files()) { path in
      let capture = try Capture(path: path)
      #expect(capture.processes.map(\.name) == ["40"])
      #expect(capture.unrecorded.map(\.program) == ["/bin/a"])
    }
  }

  @Test func `one process is asked for by its name`() throws {
    try withFolder(FamilyBuilder.job().files()) { path in
      for (name, command) in [
        ("41", "early"), ("42-2", "tool"), ("42", "tool"), ("43", "late"),
      ] {
        let capture = try Capture(path: path, process: name)
        #expect(capture.command == "python \(command).py")
        #expect(capture.processes.isEmpty)
      }
      #expect(failure { _ = try Capture(path: path, process: "44") } == .noProcess("44"))
    }
  }

  @Test func `the root that became another program is called after that`() throws {
    var tree = FamilyBuilder.job()
    let shell = CaptureBuilder.process(40, parent: 1, "sh run.sh", from: -1, to: 5)
    tree.members["40-2"] = tree.members["40"]
    tree.members["40"] = shell
    try withFolder(tree.files()) { path in
      let capture = try Capture(path: path)
      #expect(capture.command == "python job.py")
      #expect(capture.header.begin == shell.header.begin)
      #expect(capture.header.startTime == shell.header.startTime)
      #expect(capture.header.peakMoment == 5_000_000_000)
      #expect(capture.processes.map(\.name) == ["40", "40-2", "41", "42-2", "43"])
      // It ended when it became the other.
      #expect(capture.processes[0].end == 1_000_000_000)
      #expect(capture.processes.map(\.parent) == [nil, nil, 1, 1, 3])
    }
  }

  @Test func `a fork that allocated much is a process of its own`() throws {
    var tree = FamilyBuilder.job()
    tree.members["42"]?.header.peak = 1 << 20
    try withFolder(tree.files()) { path in
      let capture = try Capture(path: path)
      #expect(capture.processes.map(\.name) == ["40", "41", "42", "42-2", "43"])
      #expect(capture.processes[2].ending == .withoutEnd)
      #expect(capture.counters.map(\.live) == [0, 50, 40, 20, 8, 360, 5])
    }
  }

  @Test func `captures that cannot be read are told, and the rest is shown`() throws {
    var files = FamilyBuilder.job().files()
    files["41.peakline"] = []
    files["43.peakline"] = Array("no capture".utf8)
    files["42-2.peakline"] = files["42-2.peakline"].map { Array($0.prefix(200)) }
    var unbegun = CaptureBuilder()
    unbegun.header.processID = 45
    files["45.peakline"] = unbegun.bytes()
    files["other.txt"] = [1]
    files["044.peakline"] = [1]
    try withFolder(files) { path in
      let capture = try Capture(path: path)
      #expect(capture.processes.map(\.name) == ["40", "42"])
      #expect(
        capture.unread.sorted { $0.name < $1.name }
          == [
            UnreadProcess(name: "41", failure: .empty),
            UnreadProcess(name: "42-2", failure: .cutOff(bytes: 200)),
            UnreadProcess(name: "43", failure: .notCapture),
            UnreadProcess(name: "45", failure: .empty),
          ])
      #expect(failure { _ = try Capture(path: path, process: "43") } == .notCapture)
    }
  }

  @Test func `what is no tree is told in a sentence`() throws {
    try withFolder(["a.txt": [1], "job.peakline": CaptureBuilder().bytes()]) { path in
      #expect(failure { _ = try Capture(path: path) } == .isFolder)
    }
    try withFolder(["joint": FamilyBuilder().files()["joint"] ?? []]) { path in
      #expect(failure { _ = try Capture(path: path) } == .empty)
    }
    for joint in [nil, [], Array("PEAKTREE".utf8), [UInt8](repeating: 1, count: 1 << 18)] {
      var files = FamilyBuilder.job().files()
      files["joint"] = joint
      try withFolder(files) { path in
        #expect(failure { _ = try Capture(path: path) } == .withoutJoint)
        let early = try Capture(path: path, process: "41")
        #expect(early.header.peak == 800)
      }
    }
    try withFolder(["40.peakline": CaptureBuilder().bytes()]) { path in
      let capture = try Capture(path: path)
      #expect(capture.processes.isEmpty)
    }
  }

  @Test func `odd figures are bounded`() throws {
    var tree = FamilyBuilder.job()
    tree.joint.peak = .max
    tree.joint.peakMoment = .min
    tree.joint.total = .min
    for name in tree.members.keys {
      tree.members[name]?.header.begin = name == "41" ? .max : .min
      tree.members[name]?.header.lastMoment = .max
      tree.members[name]?.header.peakBound = .max
      tree.members[name]?.header.live = .min
      tree.members[name]?.counters[1].atJoint = .min
      tree.members[name]?.counters[1].blocksAtJoint = .nan
      tree.members[name]?.moments.append(CaptureMoment())
      tree.members[name]?.moments[0].live = .max
      tree.members[name]?.moments[0].moment = .max
    }
    try withFolder(tree.files()) { path in
      let capture = try Capture(path: path)
      #expect(capture.header.peak == 1 << 50)
      #expect(capture.header.live == -(1 << 50))
      #expect(capture.damagedEntries > 0)
    }
  }

  @Test func `a thousand processes are no matter`() throws {
    var files: [String: [UInt8]] = [:]
    var builder = CaptureBuilder.process(1, parent: 1, "python w.py", from: 0, to: 100)
    let main = builder.thread("MainThread", 1)
    for line in 1...20 {
      builder.holds(builder.calls(main, "f\(line) w.py:\(line)"), atPeak: line, live: line)
    }
    for second in 0..<50 { builder.moment(Double(second), live: second) }
    // Header and tables of a packed capture know nothing of each other.
    let packed: [UInt8] = try #require(Packing.packed(builder.bytes()))
    for number in 1...1000 {
      var header = ByteSource.memory(packed).load(
        CaptureHeader.self, at: 0, from: CaptureHeader())
      header.processID = UInt32(number)
      header.begin = CaptureBuilder.treeBegin + number * 1_000_000
      files["\(number).peakline"] = Packing.raw(header) + packed[PackedForm.start...]
    }
    var joint = FamilyBuilder()
    joint.joint.epoch = 1
    joint.joint.peakMoment = CaptureBuilder.treeBegin + 50_000_000_000
    files["joint"] = joint.files()["joint"]
    try withFolder(files) { path in
      let start = ContinuousClock.now
      let capture = try Capture(path: path)
      #expect(capture.processes.count == 1000)
      #expect(capture.counters.count == 20_001)
      #expect(capture.functions.count == 21)
      #expect(capture.moments.count <= JointCurve.most)
      #expect(capture.moments.map(\.moment) == capture.moments.map(\.moment).sorted())
      #expect(capture.counters.reduce(0) { $0 + $1.atPeak } == 210 * 1000)
      #expect(ContinuousClock.now - start < .seconds(60))
    }
  }
}

/// Runs with a new folder that has these files, which is called "job.peakline" and stands in a new one.
func withFolder(_ files: [String: [UInt8]], _ body: (String) throws -> Void) throws {
  let outer =
    FileManager.default.temporaryDirectory.path
    + "/peakline-\(UInt64.random(in: 0 ... .max))"
  let path = outer + "/job.peakline"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: outer) }
  for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: "\(path)/\(name)")) }
  try body(path)
}

/// Why something failed; nil where it did not.
func failure(_ body: () throws -> Void) -> CaptureFailure? {
  do {
    try body()
    return nil
  } catch {
    return error as? CaptureFailure
  }
}
