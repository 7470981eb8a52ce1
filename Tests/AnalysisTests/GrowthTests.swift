// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Testing

/// What stacks held more from copy to copy of a recording.
@Suite struct GrowthTests {
  /// Copies of a capture whose stacks, given by their line, held so much in each.
  private func copies(_ lives: [(line: String, held: [Int])]) throws -> [Capture] {
    let count = lives.first?.held.count ?? 0
    return try (0..<count).map { copy in
      var builder = CaptureBuilder()
      let main = builder.thread("MainThread", 1)
      for one in lives {
        builder.holds(builder.calls(main, "f \(one.line)"), live: one.held[copy])
      }
      return try Capture(bytes: builder.bytes())
    }
  }

  private func growth(_ copies: [Capture]) throws -> [String: [Int]] {
    let account = try Account(try #require(copies.last), .end)
    let growth = try Growth(copies, account)
    return Dictionary(
      uniqueKeysWithValues: growth.stacks.map { (account.tree.place($0.node).name, $0.steps) })
  }

  @Test func `what holds more each time has grown, and nothing else has`() throws {
    let found = try growth(
      copies([
        ("a.py:1", [10, 20, 35, 36]), ("a.py:2", [0, 99, 99, 99]), ("a.py:3", [7, 7, 7, 7]),
        ("a.py:4", [9, 5, 2, 0]), ("a.py:5", [0, 1, 2, 3]),
      ]))
    #expect(found == ["a.py:1 f": [10, 15, 1], "a.py:5 f": [1, 1, 1]])
  }

  @Test func `stacks that look the same are one`() throws {
    let found = try growth(copies([("a.py:1", [0, 5, 5]), ("a.py:1", [0, 0, 7])]))
    #expect(found == ["a.py:1 f": [5, 7]])
  }

  @Test func `threads that do the same are one`() throws {
    let copies = try [[4, 0, 0], [4, 5, 0], [4, 5, 6]].map { held in
      var builder = CaptureBuilder()
      for (index, live) in held.enumerated() {
        let thread = builder.thread("Thread-\(index)", index + 1)
        builder.holds(builder.calls(thread, "run a.py:1", "f b.py:2"), live: live)
      }
      return try Capture(bytes: builder.bytes())
    }
    #expect(try growth(copies) == ["b.py:2 f": [5, 6]])
  }

  @Test func `what grows most is first, by its least step`() throws {
    let copies = try copies([
      ("a.py:1", [0, 90, 91]), ("a.py:2", [0, 5, 10]), ("a.py:3", [0, 4, 99]),
    ])
    let growth = try Growth(copies, Account(copies[2], .end))
    #expect(growth.stacks.map(\.least) == [5, 4, 1])
  }

  @Test func `stacks that were met later held nothing before`() throws {
    let all = try copies([("a.py:1", [0, 1, 2]), ("a.py:2", [0, 3, 6])])
    var early = try copies([("a.py:1", [0, 1, 2])])
    early[1...] = all[1...]
    #expect(try growth(early) == ["a.py:1 f": [1, 1], "a.py:2 f": [3, 3]])
  }

  @Test func `copies of different recordings are refused`() throws {
    var copies = try copies([("a.py:1", [0, 1])])
    let account = try Account(copies[1], .end)
    copies[0].header.startTime += 1
    #expect(throws: AnalysisFailure.otherRecording) { try Growth(copies, account) }
    #expect(throws: AnalysisFailure.otherRecording) { try Growth([copies[1]], account) }
  }
}
