// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureTestSupport
import Testing

@testable import Analysis

/// The most that entries of the counters held together.
@Suite struct MostHeldTests {
  private func most(_ capture: Capture, _ entries: Int...) -> Int {
    MostHeld(capture) { entries.contains($0) }.bytes
  }

  @Test func `what is held at the same time is added up`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    let first = builder.holds(builder.calls(main, "f a.py:1"), live: 7)
    let second = builder.holds(builder.calls(main, "f a.py:2"), live: 0)
    // In no order, and one twice: the first in the table counts.
    builder.change(first, until: 4, live: 0)
    builder.change(first, until: 2, live: 30)
    builder.change(first, until: 2, live: 99)
    builder.change(second, until: 3, live: 20)
    builder.change(second, until: 2, live: 0)
    builder.finish(peak: 1, live: 0, baseline: 0, at: 1, end: 9)
    let capture = try Capture(bytes: builder.bytes())
    #expect(most(capture, 1) == 30)
    #expect(most(capture, 2) == 20)
    // The one ends when the other begins.
    #expect(most(capture, 1, 2) == 30)
    #expect(most(capture) == 0)
    builder.counters[1].live = 70
    #expect(most(try Capture(bytes: builder.bytes()), 1, 2) == 70)
  }

  @Test func `a process holds nothing when it is not there`() throws {
    var tree = TreeBuilder(CaptureBuilder())
    for (number, begin) in [(40, 0.0), (41, 3.0)] {
      tree.process(number, "python w.py", from: begin, to: begin + 3, peak: 1) { builder in
        let main = builder.thread("MainThread", number)
        builder.holds(builder.calls(main, "f w.py:1"), live: 10)
      }
    }
    tree.tables.finish(peak: 1, live: 0, baseline: 0, at: 1, end: 9)
    #expect(most(try tree.capture(), 1, 2) == 10)
    tree.processes[1].begin = 2_000_000_000
    #expect(most(try tree.capture(), 1, 2) == 20)
  }
}
