// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import FoundationEssentials
import Testing

@testable import Reports

/// What reports of trees must say, and must never say.
@Suite struct ProcessRuleTests {
  private func text(
    _ tree: TreeBuilder, _ report: CaptureReport = .summary, _ when: When? = nil
  ) throws -> String {
    report.text(try CaptureView(tree.capture(), when ?? report.when), style: Style())
  }

  /// The figures of a document that are asked for here.
  private struct Document: Decodable {
    struct Process: Decodable {
      struct Exit: Decodable { var kind: String }
      var id: String
      var at_peak: Int?
      var increase: Int?
      var began: Double
      var ended: Double
      var forked: Bool
      var inherited: Int
      var exit: Exit
    }
    struct Unrecorded: Decodable {
      var pid: Int
      var reason: String
      var program: String
    }
    struct Line: Decodable { var at_peak: Int? }
    struct Branch: Decodable {
      var function: String
      var at_peak: Int
      var children: [Branch]
    }
    var in_use: Int
    var baseline: Int
    var in_lines: Int
    var unexplained: Int
    var processes: [Process]
    var unrecorded: [Unrecorded]
    var lines: [Line]?
    var tree: Branch?
  }

  private func document(
    _ tree: TreeBuilder, _ report: CaptureReport = .summary, _ when: When = .peak
  ) throws -> Document {
    let json = report.json(try CaptureView(tree.capture(), when))
    return try JSONDecoder().decode(Document.self, from: Data(json.utf8))
  }

  @Test func `processes, lines and the tree add up to the same`() throws {
    let summary = try document(.workers())
    let processes = summary.processes.reduce(0) { $0 + ($1.at_peak ?? 0) }
    #expect(processes == summary.in_lines)
    #expect(summary.lines?.reduce(0) { $0 + ($1.at_peak ?? 0) } == summary.in_lines)
    #expect(summary.in_use == summary.in_lines + summary.baseline + summary.unexplained)
    let branches = try #require(
      try document(.workers(), .tree(reverse: false, depth: nil)).tree?.children)
    for branch in branches {
      let number = branch.function.split(separator: " ").first.map(String.init)
      let process = summary.processes.first { $0.id == number }
      #expect(process?.at_peak == branch.at_peak)
    }
    #expect(branches.count == 4)
  }

  @Test func `what processes held in a window adds up, too`() throws {
    let window = try document(.workers(), .summary, .window(1, 50))
    #expect(window.processes.reduce(0) { $0 + ($1.increase ?? 0) } == window.in_lines)
    // One that ran to 44 s and held nothing at its end.
    #expect(window.processes[4].increase == 0 && window.processes[2].increase == 350 << 20)
  }

  @Test func `documents say of each process when it ran and how it ended`() throws {
    let document = try document(.workers())
    #expect(document.processes.map(\.id) == ["4711", "4712", "4713", "4714", "4714-2", "4717"])
    #expect(document.processes[1].forked && document.processes[1].inherited == 96 << 20)
    #expect((document.processes[4].began, document.processes[4].ended) == (3.25, 44))
    #expect(document.processes[2].exit.kind == "killed")
    #expect(document.unrecorded.map(\.pid) == [4718])
    #expect(document.unrecorded.map(\.reason) == ["static"])
    #expect(document.unrecorded.map(\.program) == ["/opt/tools/fetch"])
  }

  @Test func `the first screen says that the peak is of all processes, and how far it may be off`()
    throws
  {
    let told = try text(.workers())
    for sentence in [
      "5 processes, the first is 4711, CPython 3.12.4",
      "The peak of all processes together was 1016 MiB (or up to 320 KiB more), at 41.5 s",
      "may have been up to 320 KiB higher: processes report what they allocate in steps of 64 KiB",
      "Process 4713 was killed by SIGKILL (signal 9) at 1 min 1 s. If nobody did that",
    ] { #expect(told.contains(sentence), "\(sentence)") }
    var sure = TreeBuilder.workers()
    sure.tables.header.peakBound = 0
    #expect(try text(sure).contains("together was 1016 MiB, at 41.5 s"))
    #expect(try !text(sure).contains("may have been"))
  }

  @Test(arguments: CaptureReport.all.map(\.name))
  func `every report says what is not known of processes`(kind: String) throws {
    let report = try #require(CaptureReport.all.first { $0.name == kind }?.report)
    var tree = TreeBuilder.workers()
    tree.processes[1].header.stacks = CaptureStacks.unknownVersion
    tree.processes[2].header.flags |= CaptureFlags.hidesObjects | CaptureFlags.truncated
    tree.processes[4].header.flags = CaptureFlags.onlyNew
    let told = try text(tree, report)
    for sentence in [
      "2 processes were forked: what they had from their parents, at most 96.0 MiB each, counts",
      "No Python was seen in process 4717, which has no lines.",
      "There are no lines of process 4712: how CPython 3.12.4 keeps its stacks",
      "The allocator of process 4713 serves C++'s operators",
      "the capture of process 4713 off", "Of process 4714-2 only what was allocated since",
      "one by one in process 4714-2.",
      "Process 4718 was not recorded: /opt/tools/fetch is linked statically",
    ] { #expect(told.contains(sentence), "\(sentence)") }
  }

  @Test func `of programs that were not recorded each is told once, with what to do`() throws {
    var tree = TreeBuilder.workers()
    func program(_ number: Int, _ reason: String, _ name: String) -> UnrecordedProcess {
      UnrecordedProcess(processID: number, reason: reason, program: name)
    }
    tree.unrecorded =
      (1...5).map { program($0, "setuid", "/usr/bin/sudo") } + [
        program(6, "architecture", "/opt/arm"), program(7, "sanitizer", "./a.out"),
        program(8, "sanitizer", "./a.out"), program(9, "other", ""),
        program(10, "static", "/a"), program(11, "static", "/b"),
      ]
    let told = try text(tree)
    for sentence in [
      "Processes 1, 2, 3 and 2 more were not recorded: /usr/bin/sudo runs as another user (setuid)",
      "Process 6 was not recorded: /opt/arm is of another architecture",
      "Processes 7, 8 were not recorded: ./a.out is built with a sanitizer",
      "Process 9 was not recorded: a program whose name is not known could not be recorded (other).",
      "1 other program was not recorded.",
    ] { #expect(told.contains(sentence), "\(sentence)") }
  }

  @Test func `what could not be recorded is said where one process was`() throws {
    var capture = try Capture(bytes: CaptureBuilder.shortJob().bytes())
    capture.unrecorded = [UnrecordedProcess(processID: 8, reason: "static", program: "/a")]
    let told = CaptureReport.summary.text(try CaptureView(capture), style: Style())
    #expect(told.contains("Process 8 was not recorded: /a is linked statically"))
    #expect(told.contains("\nprocess 4711, CPython") && !told.contains("Own peak"))
    // It is merged all the same, of one.
    var tree = TreeBuilder.workers()
    tree.processes.removeLast(5)
    let document = try document(tree)
    #expect(document.processes.map(\.at_peak) == [document.in_lines])
  }

  @Test func `captures that cannot be read are in no figure, and so it is said`() throws {
    var capture = try TreeBuilder.workers().capture()
    capture.unread = [UnreadProcess(name: "4799", failure: .cutOff(bytes: 7))]
    var joint = JointPage()
    joint.withoutSlot = 3
    joint.withoutFile = 1
    capture.joint = joint
    let told = CaptureReport.stats.text(try CaptureView(capture), style: Style())
    for sentence in [
      "The capture of process 4799 is in no figure: it was cut off after 7 bytes",
      "More than 4,032 processes ran at once: 3 of them did not count",
      "1 process was not recorded: no file could be made for the capture.",
    ] { #expect(told.contains(sentence), "\(sentence)") }
  }

  @Test func `a forked process by itself says what is not in its figures`() throws {
    var builder = CaptureBuilder.shortJob()
    builder.header.flags |= CaptureFlags.forked
    builder.header.inherited = 96 * mib
    let told = CaptureReport.summary.text(try CaptureView(builder), style: Style())
    #expect(told.contains("was forked: 96.0 MiB that it had from its parent count there"))
  }

  @Test func `of many processes the largest are listed, the others are counted`() throws {
    func tree(_ count: Int) -> TreeBuilder {
      var tree = TreeBuilder(CaptureBuilder())
      for index in 1...count {
        tree.process(
          100 + index, "python w.py", from: 0, to: 1, .killed(signal: 15), parent: nil, peak: index
        ) { builder in
          let main = builder.thread("MainThread", 100 + index)
          builder.holds(builder.calls(main, "f w.py:1"), atPeak: index * mib)
        }
      }
      tree.tables.header.processID = 101
      tree.tables.finish(
        peak: count * (count + 1) / 2, live: 0, baseline: 0, at: 0.5, end: 1)
      return tree
    }
    let told = try text(tree(20))
    #expect(told.contains("20.0 MiB   10 %  20.0 MiB  0 s – 1.00 s  SIGTERM  120 python w.py"))
    #expect(told.contains("36.0 MiB   17 %                                   (8 others)"))
    #expect(told.contains(" 9.00 MiB ") && !told.contains("108 python"))
    #expect(
      told.contains(
        "19 of the processes were killed, 102 first, by SIGTERM (signal 15) at 1.00 s."))
    #expect(!(try text(tree(13))).contains("others)"))
  }

  @Test func `how processes ended is told in a word`() throws {
    var tree = TreeBuilder.workers()
    let endings: [Ending] = [.exited(0), .stopped, .running, .withoutEnd, .ended, .withoutEnd]
    for (index, ending) in endings.enumerated() { tree.processes[index].ending = ending }
    let processes = Processes(try CaptureView(tree.capture()))
    #expect(
      tree.processes.indices.map(processes.ending)
        == ["ended", "went on", "runs", "became 4714-2", "ended", "no end"])
    #expect(processes.count == 5)
    #expect(processes.kinds == "5 (2 forked, 1 went on as another program)")
    #expect(processes.killed(Style()) == nil)
  }

  @Test func `what is live is what each process held at its own end`() throws {
    #expect(
      try text(.workers(), .leaks).contains(
        "411 MiB were live when the processes ended, each counted at its own end."))
    #expect(try text(.workers(), .stats).contains("411 MiB, of each process at its own end"))
  }
}
