// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Testing

/// Who held what, by figures that can be added up by hand.
@Suite struct AccountTests {
  /// What each row holds, as "file:line function".
  private func held(_ account: Account) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: account.rows.map { ($0.place.name, $0.figures.held) })
  }

  @Test func `at the peak counts what was noted then, or has not been touched since`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    let early = builder.holds(builder.calls(main, "f a.py:1"), atPeak: 7, live: 100)
    builder.header.peakEpoch = 5
    let noted = builder.holds(builder.calls(main, "f a.py:2"), atPeak: 40, live: 3)
    builder.counters[Int(early)].epoch = 4
    builder.counters[Int(early)].liveVariance = 9
    builder.counters[Int(noted)].varianceAtPeak = 16
    builder.header.peak = 140
    let account = try Account(Capture(bytes: builder.bytes()))
    #expect(held(account) == ["a.py:1 f": 100, "a.py:2 f": 40])
    #expect(account.rows.map(\.figures.heldError) == [3, 4])
    #expect(account.sum.heldError == 5)
    #expect(account.unexplained == 0)
  }

  @Test func `stacks of the same line are one row, functions of another name are not`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    for size in [1, 10, 100] {
      builder.holds(builder.calls(main, "<module> a.py:9", "f a.py:1"), atPeak: size)
    }
    // The same code compiled again, from another first line.
    let again = builder.function("f", "a.py", firstLine: 77)
    builder.holds(builder.stack(below: main, again, line: 1), atPeak: 1000)
    builder.holds(builder.calls(main, "g a.py:1"), atPeak: 5)
    let account = try Account(Capture(bytes: builder.bytes()))
    #expect(held(account) == ["a.py:1 f": 1111, "a.py:1 g": 5])
    #expect(account.rows[0].figures.allocations == 4)
  }

  @Test func `hidden frames count with the nearest caller that is shown`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    let numpy = "/lib/site-packages/numpy/core.py"
    builder.holds(
      builder.calls(main, "main job.py:3", "load \(numpy):8", "make \(numpy):9"), atPeak: 60)
    builder.holds(builder.calls(main, "main job.py:3"), atPeak: 1)
    builder.holds(builder.calls(main, "idle \(numpy):1"), atPeak: 5)
    let capture = try Capture(bytes: builder.bytes())
    let hidden = try Account(capture, .peak, Selection(hide: ["site-packages"]))
    #expect(held(hidden) == ["job.py:3 main": 61, "hidden": 5])
    let only = try Account(capture, .peak, Selection(only: ["*numpy.*"], hide: ["make"]))
    #expect(held(only) == ["\(numpy):8 load": 60, "\(numpy):1 idle": 5, "hidden": 1])
  }

  @Test func `what a thread does outside of Python has a row`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    builder.holds(main, atPeak: 3)
    let native = builder.calls(main, "f a.py:1")
    builder.holds(builder.stack(below: native, 0, line: 0), atPeak: 4)
    let capture = try Capture(bytes: builder.bytes())
    #expect(held(try Account(capture)) == ["outside": 7])
    #expect(
      held(try Account(capture, .peak, Selection(only: ["a.py"]))) == ["a.py:1 f": 4, "hidden": 3])
  }

  @Test func `one thread is looked at by name or number`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 11)
    let worker = builder.thread("worker-1", 12)
    builder.holds(builder.calls(main, "f a.py:1"), atPeak: 3)
    builder.holds(builder.calls(worker, "f a.py:1"), atPeak: 40)
    builder.header.peak = 50
    builder.header.baseline = 7
    let capture = try Capture(bytes: builder.bytes())
    for name in ["worker-1", "worker-*", "12"] {
      let account = try Account(capture, .peak, Selection(thread: name))
      #expect(held(account) == ["a.py:1 f": 40])
      #expect(account.otherThreads.held == 3)
      #expect(account.unexplained == 0)
    }
    #expect(try Account(capture).threads.map(\.held) == [0, 3, 40])
    #expect(
      throws: AnalysisFailure.noThread("x", available: ["MainThread (11)", "worker-1 (12)"])
    ) { try Account(capture, .peak, Selection(thread: "x")) }
  }

  @Test func `the baseline and what no line explains are told apart`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 11)
    builder.holds(builder.calls(main, "f a.py:1"), atPeak: 60, live: 10)
    builder.header.peak = 100
    builder.header.live = 35
    builder.header.baseline = 25
    let capture = try Capture(bytes: builder.bytes())
    #expect(try Account(capture).unexplained == 15)
    #expect(try Account(capture, .end).unexplained == 0)
  }

  @Test func `of the baseline there is no more left than the lines leave over`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 11)
    builder.holds(builder.calls(main, "f a.py:1"), atPeak: 60, live: 40)
    builder.header.peak = 100
    builder.header.live = 30
    builder.header.baseline = 75
    let capture = try Capture(bytes: builder.bytes())
    #expect(try Account(capture).baseline == 40)
    #expect(try Account(capture).unexplained == 0)
    #expect(try Account(capture, .end).baseline == 0)
    #expect(try Account(capture, .end).unexplained == -10)
  }

  @Test func `the path to a line is the one by which it holds most`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 11)
    builder.holds(builder.calls(main, "<module> a.py:9", "f a.py:1"), atPeak: 6)
    builder.holds(builder.calls(main, "<module> a.py:8", "g b.py:2", "f a.py:1"), atPeak: 5)
    builder.holds(builder.calls(main, "<module> a.py:8", "g b.py:2", "f a.py:1"), atPeak: 5)
    let account = try Account(Capture(bytes: builder.bytes()))
    let path = account.tree.path(to: account.rows[0].heaviestNode).map {
      account.tree.place($0).name
    }
    #expect(path == ["a.py:8 <module>", "b.py:2 g", "a.py:1 f"])
    #expect(account.tree.total[0] == 16)
    #expect(account.tree.thread(of: account.rows[0].heaviestNode) == 1)
  }

  @Test func `the heaviest stacks of a line are those of the peak, or of now`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 11)
    builder.holds(builder.calls(main, "<module> a.py:9", "f a.py:1"), atPeak: 6, live: 1)
    builder.holds(builder.calls(main, "<module> a.py:8", "f a.py:1"), atPeak: 5, live: 3)
    builder.holds(builder.calls(main, "<module> a.py:7", "f a.py:1"), live: 2)
    let account = try Account(Capture(bytes: builder.bytes()))
    let row = account.rows[0]
    #expect(account.heaviestStacks(of: [row], count: 9)[0].map(\.held) == [6, 5])
    #expect(account.heaviestStacks(of: [row], count: 2, isNow: true)[0].map(\.held) == [3, 2])
  }

  @Test func `two hundred thousand stacks are read`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 11)
    let functions = (0..<1000).map { builder.function("f\($0)", "m\($0 % 50).py") }
    var parents = [main]
    for index in 0..<200_000 {
      let parent = parents[(index &* 7919) % parents.count]
      let stack = builder.stack(below: parent, functions[index % 1000], line: index % 977)
      if parents.count < 50_000 { parents.append(stack) }
      builder.holds(stack, atPeak: 1, live: 1)
    }
    builder.header.peak = 200_000
    let account = try Account(Capture(bytes: builder.bytes()))
    #expect(account.sum.held == 200_000)
    #expect(account.unexplained == 0)
    #expect(account.tree.total[0] == 200_000)
  }
}

extension Place {
  /// What tests call it.
  var name: String {
    switch self {
    case .line(let file, let line, let function): "\(file):\(line) \(function)"
    case .member(let index): "process \(index)"
    case .thread(let index): "thread \(index)"
    case .outside: "outside"
    case .hidden: "hidden"
    case .unknown: "unknown"
    case .process: "process"
    }
  }
}
