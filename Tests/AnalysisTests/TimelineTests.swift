// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Testing

/// What was held at a moment, from the timeline.
@Suite struct TimelineTests {
  private let mib = 1 << 20

  /// What line 3 and line 6 of the short job hold, in MiB.
  private func held(_ when: When) throws -> [Int] {
    let account = try Account(Capture(bytes: CaptureBuilder.shortJob().bytes()), when)
    return [3, 6].map { wanted in
      account.rows.first { row in
        if case .line(_, let line, _) = row.place { return line == wanted }
        return false
      }.map { $0.figures.held / mib } ?? 0
    }
  }

  @Test func `a stack held what its first change after the moment says`() throws {
    #expect(try held(.at(0.2)) == [0, 0])
    #expect(try held(.at(0.7)) == [60, 0])
    #expect(try held(.at(1.5)) == [65, 0])
    #expect(try held(.at(2.5)) == [65, 25])
    #expect(try held(.at(3.5)) == [60, 25])
    // Without a later change, what it holds now.
    #expect(try held(.at(4.5)) == [10, 25])
  }

  @Test func `a change counts up to its moment, not at it`() throws {
    #expect(try held(.at(1.999)) == [65, 0])
    #expect(try held(.at(2)) == [65, 25])
  }

  @Test func `a window is the difference of its ends`() throws {
    #expect(try held(.window(0.2, 2.5)) == [65, 25])
    #expect(try held(.window(1.5, 4.5)) == [-55, 25])
    let account = try Account(
      Capture(bytes: CaptureBuilder.shortJob().bytes()), .window(1.5, 4.5))
    // As noted next: at second 2, and at second 5.
    #expect(account.height == (50 - 80) * mib)
    #expect(account.baseline == 0)
  }

  @Test func `the variance of a moment is bounded by interval and bytes`() throws {
    var builder = CaptureBuilder.shortJob()
    builder.header.mode = CaptureMode.sampled
    builder.header.interval = 1 << 20
    let account = try Account(Capture(bytes: builder.bytes()), .at(2.5))
    #expect(account.sum.heldVariance == Double(1 << 20) * Double(90 << 20))
  }

  @Test func `moments outside are refused in a sentence`() throws {
    let capture = try Capture(bytes: CaptureBuilder.shortJob().bytes())
    #expect(throws: AnalysisFailure.outside(seconds: 9.5, duration: 5)) {
      try Account(capture, .at(9.5))
    }
    #expect(throws: AnalysisFailure.emptyWindow) { try Account(capture, .window(3, 2)) }
    #expect(
      AnalysisFailure.outside(seconds: 9.5, duration: 5).description
        == "nothing was recorded at 9.5 s: choose a moment between 0 and 5.0 s")
    var builder = CaptureBuilder()
    builder.header.lastMoment = 5_000_000_000
    #expect(throws: AnalysisFailure.noTimeline) {
      try Account(Capture(bytes: builder.bytes()), .at(1))
    }
  }

  @Test(arguments: [
    ("site-packages", true), ("numpy", true), ("npyio.py", true), ("lib/npyio.py", true),
    ("numpy.lib", true), ("numpy.*", true), ("*.npyio", true), ("loadtxt", true),
    ("numpy.lib.npyio.loadtxt", true), ("*/numpy/*", true), ("load*", true), ("npyi?.py", true),
    ("num", false), ("py", false), ("lib/numpy", false), ("numpy.li", false), ("*.pyc", false),
    ("", false),
  ])
  func `patterns name modules, files and functions`(pattern: String, fits: Bool) throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    let file = "/v/lib/python3.12/site-packages/numpy/lib/npyio.py"
    builder.holds(builder.calls(main, "loadtxt \(file):9"), atPeak: 1)
    let capture = try Capture(bytes: builder.bytes())
    let account = try Account(capture, .peak, Selection(hide: [pattern]))
    #expect((account.rows[0].place == .hidden) == fits)
  }
}
