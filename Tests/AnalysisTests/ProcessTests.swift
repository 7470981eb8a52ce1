// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureReader
import CaptureTestSupport
import Testing

/// Trees of processes: by figures that can be added up by hand.
@Suite struct ProcessTests {
  /// Two processes that share a line; the second lives from 2 s to 4 s.
  private func pair() -> TreeBuilder {
    var tree = TreeBuilder(CaptureBuilder())
    tree.process(10, "python a.py", from: 0, to: 6, peak: 1) { builder in
      let main = builder.thread("MainThread", 10)
      let one = builder.holds(builder.calls(main, "f a.py:1"), atPeak: 5, live: 1)
      builder.change(one, until: 5, live: 5)
      builder.change(one, until: 1, live: 0)
    }
    tree.process(11, "python b.py", from: 2, to: 4, parent: 0, peak: 1) { builder in
      let main = builder.thread("MainThread", 11)
      let other = builder.holds(builder.calls(main, "f a.py:1"), atPeak: 20, live: 30)
      builder.change(other, until: 3, live: 20)
      builder.holds(0, atPeak: 2, live: 2)
    }
    tree.tables.header.peak = 27
    tree.tables.header.lastMoment = 6_000_000_000
    for second in 0...6 { tree.tables.moment(Double(second), live: second) }
    return tree
  }

  @Test func `a line of several processes is one row, and each has its part`() throws {
    let capture = try pair().capture()
    let account = try Account(capture)
    #expect(account.rows.map(\.figures.held) == [25, 2])
    #expect(account.rows[0].place == .line(file: "a.py", line: 1, function: "f"))
    #expect(account.processes.map(\.held) == [5, 22])
    #expect(account.processes.map(\.live) == [1, 32])
    #expect(account.threads.map(\.held) == [0, 5, 20])
    #expect(account.sum.held == 27 && account.unexplained == 0)
  }

  @Test func `processes are the first level of the tree, of one process there is none`() throws {
    let account = try Account(pair().capture())
    let root = account.callTree(depth: 9, least: 1)
    #expect(root.children.map(\.place) == [.member(1), .member(0)])
    #expect(root.children.map(\.held) == [22, 5])
    // One thread is no level, but what is known of no thread stands beside it.
    #expect(root.children[0].children.map(\.place) == [.thread(2), .unknown])
    #expect(
      root.children[1].children.map(\.place) == [.line(file: "a.py", line: 1, function: "f")])
    #expect(root.children.reduce(0) { $0 + $1.held } == root.held)
    let heaviest = account.rows[0].heaviestNode
    #expect(account.tree.member(of: heaviest) == 1 && account.tree.thread(of: heaviest) == 2)
    #expect(account.tree.path(to: heaviest).count == 1)

    var single = try pair().capture()
    single.processes.removeLast()
    let alone = try Account(single).callTree(depth: 9, least: 1)
    #expect(alone.children.map(\.place) == [.thread(2), .thread(1), .unknown])
  }

  @Test func `a process holds nothing before it begins and after it ended`() throws {
    let capture = try pair().capture()
    func held(_ when: When) throws -> [Int] { try Account(capture, when).processes.map(\.held) }
    #expect(try held(.at(0.5)) == [0, 0])
    #expect(try held(.at(1.5)) == [5, 0])
    #expect(try held(.at(2.5)) == [5, 22])
    #expect(try held(.at(3.5)) == [5, 32])
    #expect(try held(.at(4.5)) == [5, 0])
    // The end as reports print it.
    #expect(try held(.at(6.0009)) == [1, 0])
    #expect(try held(.window(1.5, 3.5)) == [0, 32])
    #expect(try held(.window(3.5, 5.5)) == [-4, -32])
    var running = capture
    running.processes[1].ending = .running
    #expect(try Account(running, .at(5)).processes[1].held == 32)
  }

  @Test func `a child that became a program at once is called by its number`() throws {
    var capture = try pair().capture()
    capture.processes[1].name = "11-2"
    #expect(capture.label(ofProcess: 1) == "11 python b.py")
    for text in ["11", "11-2"] {
      #expect(try ProcessPattern(text).process(in: capture) == 1)
    }
  }

  @Test func `threads say their process`() throws {
    let capture = try TreeBuilder.workers().capture()
    #expect(capture.label(ofThread: 1) == "MainThread of 4711 (python3 train.py)")
    #expect(
      capture.label(ofThread: 2) == "QueueFeederThread (4716) of 4711 (python3 train.py)")
    #expect(capture.label(ofThread: 6) == "MainThread of 4714-2 (python3 convert.py)")
    #expect(capture.name(ofThread: 2) == "QueueFeederThread (4716)")
    #expect(capture.successor(ofProcess: 3) == 4 && capture.successor(ofProcess: 4) == nil)
    #expect(capture.endingOfTree == .exited(0))
  }

  @Test func `a process is found by its number or its command`() throws {
    let capture = try TreeBuilder.workers().capture()
    func found(_ text: String) throws -> Int { try ProcessPattern(text).process(in: capture) }
    #expect(try found("4711") == 0)
    #expect(try found("4714") == 3)
    #expect(try found("4714-2") == 4)
    #expect(try found("convert.py") == 4)
    #expect(try found("*/sh *") == 3)
    let many = ["4711 (python3 train.py)", "4712 (python3 train.py)", "4713 (python3 train.py)"]
    #expect(throws: AnalysisFailure.manyProcesses("*train*", found: many)) {
      try found("*train*")
    }
    do throws(AnalysisFailure) {
      _ = try ProcessPattern("99").process(in: capture)
      Issue.record("nothing was thrown")
    } catch {
      #expect(
        error.description.hasPrefix(
          "there is no process '99' in this capture: choose from 4711 (python3 train.py), 4712"))
      #expect(error.description.contains("4714-2 (python3 convert.py), 4717 (gzip)"))
    }
  }

  @Test func `a capture of one process is asked for by its own number, or not at all`() throws {
    let capture = try Capture(bytes: CaptureBuilder.shortJob().bytes())
    #expect(try ProcessPattern("4711").process(in: capture) == 0)
    #expect(try ProcessPattern("*job.py").process(in: capture) == 0)
    let failure = AnalysisFailure.noProcess("7", available: ["4711 python job.py"])
    #expect(throws: failure) { try ProcessPattern("7").process(in: capture) }
    #expect(
      failure.description
        == "this capture is of one process, 4711 python job.py, which '7' does not name: "
        + "leave out --process")
  }

  @Test(arguments: [
    ("/usr/bin/python3.12 -X dev -u /srv/app/train.py --n 3", "python3.12 train.py", "train.py"),
    ("python -m http.server 80", "python -m http.server", "http.server"),
    ("python -c print(1)", "python -c", "-c"), ("python", "python", ""),
    ("/bin/sh -c ls", "sh", "sh"), ("", "", ""), ("In[12]: rows = load()", "In[]", "In[]"),
  ])
  func `programs have short names`(command: String, short: String, program: String) {
    #expect(ProgramName(command).short == short)
    #expect(ProgramName(command).program == program)
  }

  @Test func `a command loses the folder of its program only`() {
    #expect(ProgramName.withoutFolder("/usr/bin/ls -l /tmp") == "ls -l /tmp")
    #expect(ProgramName.withoutFolder("ls /tmp/a") == "ls /tmp/a")
    #expect(ProgramName.withoutFolder("/") == "/")
    #expect(ProgramName.withoutFolder("") == "")
  }

  @Test func `growth is a matter of one process`() throws {
    let capture = try pair().capture()
    let account = try Account(capture, .end)
    #expect(throws: AnalysisFailure.severalProcesses) { try Growth([capture, capture], account) }
  }

  @Test func `calls are compared whatever process they are in`() throws {
    let before = try pair().capture()
    var after = before
    after.processes.reverse()
    let sides = try [before, after].map { Side($0, try Account($0)) { _, _ in nil } }
    let difference = Difference(sides[0], sides[1], by: .peak)
    #expect(difference.stacks.changed.isEmpty)
    #expect(difference.lines.isEmpty)
  }
}
