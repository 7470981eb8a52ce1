// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Testing

/// What changed from one capture to another, by figures that can be told beforehand.
@Suite struct DifferenceTests {
  private func side(_ builder: CaptureBuilder) throws -> Side {
    let capture = try Capture(bytes: builder.bytes())
    let sources = SourceLines(capture, disk: { _ in nil })
    return Side(capture, try Account(capture)) { sources.textThatRan($0, $1) }
  }

  private func difference(
    _ before: CaptureBuilder, _ after: CaptureBuilder, by figure: Figure = .peak
  ) throws -> Difference {
    try Difference(side(before), side(after), by: figure)
  }

  /// What changed, by "file:line" before and after.
  private func changes(_ difference: Difference) -> [String: Int] {
    Dictionary(
      difference.lines.map { line in
        let names = [line.before, line.after].map { $0?.name ?? "-" }
        return (names.joined(separator: " > "), line.change(difference.figure).amount)
      },
      uniquingKeysWith: { one, _ in
        Issue.record("a line is there twice")
        return one
      })
  }

  /// A capture of lines of functions: "function file:line", what it held, its text.
  private func builder(
    _ lines: [(String, Int, String?)], folder: String = "/home", firstLine: Int = 1
  ) -> CaptureBuilder {
    var builder = CaptureBuilder(folder: folder)
    let main = builder.thread("MainThread", 1)
    for (place, bytes, text) in lines {
      let words = place.split(separator: " ", maxSplits: 1).map(String.init)
      let parts = words[1].split(separator: ":").map(String.init)
      let line = Int(parts[1]) ?? 0
      let function = builder.function(words[0], parts[0], firstLine: firstLine)
      builder.holds(builder.stack(below: main, function, line: line), atPeak: bytes)
      if let text { builder.source(parts[0], line, text) }
    }
    return builder
  }

  @Test func `a line that was moved is the same, one with another text is not`() throws {
    let found = try difference(
      builder([("f a.py:3", 100, "x = g()"), ("f a.py:4", 7, "y = 1"), ("f a.py:5", 4, "z = 2")]),
      builder([("f a.py:13", 140, "  x = g()"), ("f a.py:4", 7, "y = 2"), ("f a.py:6", 4, "z = 2")])
    )
    #expect(
      changes(found) == ["a.py:3 f > a.py:13 f": 40, "a.py:4 f > -": -7, "- > a.py:4 f": 7])
    #expect(found.matchedByNumber == 0)
    #expect(found.stacks.changed.map { found.stacks.change($0).amount }.sorted() == [-7, 7, 40])
  }

  @Test func `cells of a notebook have other numbers each time, functions have their names`() throws
  {
    let found = try difference(
      builder([("<module> In[3]:2", 5, "x = f()"), ("f In[1]:3", 100, "y"), ("g In[1]:7", 1, "z")]),
      builder([
        ("<module> In[8]:3", 9, "x = f()"), ("f In[7] (2):4", 140, "y"), ("g In[1]:7", 2, "z"),
      ])
    )
    #expect(
      changes(found) == [
        "In[3]:2 <module> > In[8]:3 <module>": 4, "In[1]:3 f > In[7] (2):4 f": 40,
        "In[1]:7 g > In[1]:7 g": 1,
      ])
    // Which of two it is cannot be told.
    let two = try difference(
      builder([("f In[1]:1", 5, "x")]), builder([("f In[2]:1", 5, "x"), ("f In[3]:1", 5, "x")]))
    #expect(changes(two).values.sorted() == [-5, 5, 5])
    let other = try difference(builder([("f In[a]:1", 5, "x")]), builder([("f In[2]:1", 5, "x")]))
    #expect(changes(other).values.sorted() == [-5, 5])
  }

  @Test func `lines of the same text are paired in order, the nearest ones`() throws {
    let one = builder([("f a.py:10", 1, "x()"), ("f a.py:50", 2, "x()")])
    let three = builder([
      ("f a.py:12", 10, "x()"), ("f a.py:49", 20, "x()"), ("f a.py:90", 40, "x()"),
    ])
    #expect(
      try changes(difference(one, three)) == [
        "a.py:10 f > a.py:12 f": 9, "a.py:50 f > a.py:49 f": 18, "- > a.py:90 f": 40,
      ])
    // As counted from where the function begins: there the lines are where they were.
    let moved = try difference(
      builder([("f a.py:10", 1, "x()"), ("f a.py:50", 2, "x()")], firstLine: 5),
      builder(
        [("f a.py:50", 10, "x()"), ("f a.py:90", 20, "x()"), ("f a.py:95", 40, "x()")],
        firstLine: 45))
    #expect(
      changes(moved) == [
        "a.py:10 f > a.py:50 f": 9, "a.py:50 f > a.py:90 f": 18, "- > a.py:95 f": 40,
      ])
  }

  @Test func `where a text is not known, the number in the function decides`() throws {
    let found = try difference(
      builder(
        [("f a.py:10", 1, nil), ("f a.py:11", 2, "x()"), ("f a.py:12", 4, nil)], firstLine: 5),
      builder(
        [("f a.py:30", 10, nil), ("f a.py:31", 20, nil), ("f a.py:33", 40, nil)], firstLine: 25))
    #expect(
      changes(found) == [
        "a.py:10 f > a.py:30 f": 9, "a.py:11 f > a.py:31 f": 18, "a.py:12 f > -": -4,
        "- > a.py:33 f": 40,
      ])
    #expect(found.matchedByNumber == 2)
  }

  @Test func `a file may lie in another folder, but never have another name`() throws {
    func moved(_ before: String, _ after: String, in folders: (String, String) = ("/a", "/b"))
      throws -> Bool
    {
      let found = try changes(
        difference(
          builder([("f \(before):3", 5, "x()")], folder: folders.0),
          builder([("f \(after):9", 9, "x()")], folder: folders.1)))
      return found.count == 1
    }
    #expect(try moved("/p/a.py", "/p/a.py"))
    #expect(try moved("/a/p/a.py", "/b/p/a.py"))
    #expect(try moved("/p/a.py", "/q/r/a.py"))
    #expect(try moved("/lib/python3.11/site-packages/x/a.py", "/v/site-packages/x/a.py"))
    #expect(try !moved("/p/a.py", "/p/b.py"))
    #expect(try !moved("/x/__init__.py", "/y/__init__.py"))
    #expect(try moved("/p/x/__init__.py", "/q/x/__init__.py"))
  }

  @Test func `where a function could be either of two, it is neither`() throws {
    let found = try difference(
      builder([("f /p/a.py:3", 5, "x()")]),
      builder([("f /q/a.py:3", 5, "x()"), ("f /r/a.py:3", 6, "x()")]))
    #expect(
      changes(found) == ["/p/a.py:3 f > -": -5, "- > /q/a.py:3 f": 5, "- > /r/a.py:3 f": 6])
    // Where the numbers alone speak for it, the function has not been moved from another folder.
    let unknown = try difference(
      builder([("f /p/a.py:3", 5, nil)]), builder([("f /q/a.py:3", 6, nil)]))
    #expect(changes(unknown) == ["/p/a.py:3 f > -": -5, "- > /q/a.py:3 f": 6])
  }

  @Test func `a line that allocates no more, but still calls, is not gone`() throws {
    var after = CaptureBuilder()
    let main = after.thread("MainThread", 2)
    after.holds(after.calls(main, "f a.py:3", "g a.py:9"), atPeak: 4)
    let found = try difference(builder([("f a.py:3", 5, nil)]), after)
    #expect(changes(found) == ["a.py:3 f > a.py:3 f": -5, "- > a.py:9 g": 4])
    #expect(found.lines.map(\.status) == [.both, .new])
  }

  @Test func `paths are the same on whatever thread, if all their lines are`() throws {
    func job(_ thread: String, _ sizes: (Int, Int), caller: Int) -> CaptureBuilder {
      var builder = CaptureBuilder()
      let pool = builder.thread(thread, sizes.0)
      builder.holds(builder.calls(pool, "run a.py:\(caller)", "f a.py:3"), atPeak: sizes.0)
      let other = builder.thread("x", 3)
      builder.holds(builder.calls(other, "run a.py:\(caller)", "f a.py:3"), atPeak: sizes.1)
      builder.holds(builder.calls(other, "run a.py:8", "f a.py:3"), atPeak: 1000)
      builder.source("a.py", caller, "f()")
      return builder
    }
    let found = try difference(
      job("pool-1", (1, 10), caller: 7), job("pool-9", (4, 60), caller: 77))
    #expect(found.stacks.changed.count == 1)
    let node = try #require(found.stacks.changed.first)
    #expect(found.stacks.change(node) == Change(before: 11, after: 64))
    #expect(found.tree.path(to: node).map { $0.after?.name } == ["a.py:77 run", "a.py:3 f"])
    #expect(found.tree.path(to: node).map { $0.before?.name } == ["a.py:7 run", "a.py:3 f"])
  }

  @Test func `the error of a change is the root of the sum of both squares`() throws {
    func sampled(_ bytes: Int, _ error: Double) -> CaptureBuilder {
      var builder = CaptureBuilder(interval: 1)
      let main = builder.thread("MainThread", 1)
      builder.holds(
        builder.calls(main, "f a.py:1"), atPeak: bytes, live: bytes, variance: error * error)
      return builder
    }
    for figure in [Figure.peak, .live, .allocated] {
      let change = try difference(sampled(100, 3), sampled(111, 4), by: figure).lines[0]
        .change(figure)
      #expect(change.error == 5)
      #expect(change.isBeyondError == true)
    }
    let less = try difference(sampled(100, 3), sampled(110, 4)).lines[0]
    #expect(less.change(.peak).isBeyondError == false)
    #expect(less.change(.allocations).error == nil)
    // Blocks without a sample are in no error.
    var coarse = (before: sampled(5000, 0), after: sampled(8000, 0))
    coarse.before.header.interval = 1024
    #expect(
      try difference(coarse.before, coarse.after).lines[0].change(.peak).isBeyondError == false)
    coarse.before.header.interval = 1000
    #expect(
      try difference(coarse.before, coarse.after).lines[0].change(.peak).isBeyondError == true)
    // What is counted has no error.
    let mixed = try difference(builder([("f a.py:1", 100, nil)]), sampled(109, 4))
    #expect(mixed.lines[0].change(.peak).error == 4)
    #expect(mixed.isSampled && mixed.lines[0].change(.peak).isBeyondError == true)
    let exact = try difference(
      builder([("f a.py:1", 100, nil)]), builder([("f a.py:1", 101, nil)]))
    #expect(exact.lines[0].change(.peak).error == 0)
    #expect(exact.lines[0].change(.peak).isBeyondError == true)
    #expect(exact.lines[0].change(.allocations).error == 0)
  }

  @Test func `wholes add up`() throws {
    for (before, after) in [
      (CaptureBuilder.shortJob(), CaptureBuilder.laterShortJob()), (.nightJob(), .laterNightJob()),
      (.nightJob(), .shortJob()),
    ] {
      for figure in Figure.allCases {
        let found = try difference(before, after, by: figure)
        let parts = [
          found.inLines(figure), found.inOtherThreads(figure), found.baseline(figure),
          found.unexplained(figure),
        ]
        #expect(parts.reduce(0) { $0 + $1.before } == found.total(figure).before)
        #expect(parts.reduce(0) { $0 + $1.after } == found.total(figure).after)
        let lines = found.lines.reduce(0) { $0 + $1.change(figure).amount }
        #expect(lines == found.inLines(figure).amount)
        let stacks = found.stacks.changed.reduce(0) { $0 + found.stacks.change($1).amount }
        #expect(stacks == lines)
      }
    }
  }

  // MARK: - What holds of all

  /// Numbers that follow from a seed: xorshift.
  private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  /// A program of few files, functions, lines and texts, so that much of it is alike.
  private func someJob(_ random: inout Random) -> CaptureBuilder {
    var builder = CaptureBuilder(
      folder: Bool.random(using: &random) ? "/a" : "/b",
      interval: Bool.random(using: &random) ? 0 : 1024)
    var stacks = [builder.thread("MainThread", 1), builder.thread("pool", 2)]
    for _ in 0..<Int.random(in: 0...24, using: &random) {
      let folder = ["/a", "/b", "/a/c", "/lib/site-packages"].randomElement(using: &random) ?? ""
      let file = folder + "/" + (["x.py", "y.py"].randomElement(using: &random) ?? "")
      let line = Int.random(in: 1...9, using: &random)
      let function = builder.function(
        ["f", "g", "<module>"].randomElement(using: &random) ?? "", file,
        firstLine: Int.random(in: 0...2, using: &random))
      let stack = builder.stack(
        below: stacks.randomElement(using: &random) ?? 0, function, line: line)
      stacks.append(stack)
      let text = ["x()", "x()", "y = 1", "", nil].randomElement(using: &random) ?? nil
      if let text { builder.source(file, line, text) }
      if Bool.random(using: &random) { continue }
      builder.holds(
        stack, atPeak: Int.random(in: 0...50, using: &random),
        live: Int.random(in: 0...50, using: &random),
        blocks: Double(Int.random(in: 0...5, using: &random)),
        variance: builder.header.interval == 0 ? 0 : Double(Int.random(in: 0...99, using: &random)))
    }
    return builder
  }

  private struct Seen: Hashable {
    var former: Place?
    var latter: Place?
    var before: Int
    var after: Int
    var variance: Double?
  }

  private func seen(_ found: Difference, backwards: Bool = false) -> [Seen: Int] {
    var seen: [Seen: Int] = [:]
    for line in found.lines {
      for figure in Figure.allCases {
        let change = line.change(figure)
        let one =
          backwards
          ? Seen(
            former: line.after, latter: line.before, before: change.after, after: change.before,
            variance: change.variance)
          : Seen(
            former: line.before, latter: line.after, before: change.before, after: change.after,
            variance: change.variance)
        seen[one, default: 0] += 1
      }
    }
    return seen
  }

  private func stacks(_ found: Difference, backwards: Bool = false) -> [[String]: Int] {
    var seen: [[String]: Int] = [:]
    for node in found.stacks.changed {
      let path = found.tree.path(to: node).map { call in
        let names = [call.before, call.after].map { $0?.name ?? "-" }
        return (backwards ? names.reversed() : names).joined(separator: " > ")
      }
      let amount = found.stacks.change(node).amount
      seen[path, default: 0] += backwards ? -amount : amount
    }
    return seen
  }

  @Test(arguments: 0..<4)
  func `the one way round is the negative of the other, and a capture is as itself`(part: Int)
    throws
  {
    let seed = UInt64.random(in: 1 ... .max)
    var random = Random(state: seed)
    for round in 0..<100 {
      let (before, after) = (someJob(&random), someJob(&random))
      let figure = Figure.allCases[(part + round) % 4]
      let there = try difference(before, after, by: figure)
      let back = try difference(after, before, by: figure)
      #expect(seen(there) == seen(back, backwards: true), "seed \(seed), round \(round)")
      #expect(stacks(there) == stacks(back, backwards: true), "seed \(seed), round \(round)")
      #expect(there.total(figure).amount == -back.total(figure).amount)
      #expect(there.unexplained(figure).amount == -back.unexplained(figure).amount)
      let itself = try difference(before, before, by: figure)
      #expect(itself.lines.isEmpty && itself.stacks.changed.isEmpty, "seed \(seed), round \(round)")
      #expect(itself.total(figure).amount == 0 && itself.unexplained(figure).amount == 0)
    }
  }

  @Test func `so much may grow, and no more`() {
    func fails(_ allowance: Allowance, _ before: Int, _ after: Int) -> Bool {
      allowance.isExceeded(by: Change(before: before, after: after))
    }
    #expect(!fails(.percent(5), 100, 105) && fails(.percent(5), 100, 106))
    #expect(!fails(.amount(5), 100, 105) && fails(.amount(5), 100, 106))
    #expect(!fails(.percent(0), 100, 100) && fails(.percent(0), 100, 101))
    #expect(!fails(.percent(5), 100, 1) && fails(.percent(5), 0, 1))
    #expect(fails(.amount(0), 0, 1) && !fails(.amount(0), 1, 0))
  }
}
