// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Testing

@testable import Reports

/// What reports of differences must say, and must never say.
@Suite struct DifferenceRuleTests {
  private func text(
    _ before: CaptureBuilder, _ after: CaptureBuilder, _ report: DifferenceReport = .init(),
    by figure: Figure = .peak, _ selection: Selection = Selection(), style: Style = Style()
  ) throws -> String {
    report.text(try DifferenceView(before, after, by: figure, selection), style: style)
  }

  @Test(arguments: Figure.allCases)
  func `where anything is sampled, nothing is called exact`(figure: Figure) throws {
    let report = DifferenceReport(stacks: true, allowance: .percent(1))
    for (before, after) in [
      (CaptureBuilder.nightJob(), CaptureBuilder.laterNightJob()), (.nightJob(), .shortJob()),
      (.shortJob(), .nightJob()),
    ] {
      let view = try DifferenceView(before, after, by: figure)
      for text in [
        report.text(view, style: Style()), report.markdown(view, style: Style()), report.json(view),
      ] {
        #expect(!text.lowercased().contains("exact"))
      }
      #expect(report.text(view, style: Style()).contains("±") == figure.isBytes)
    }
    let told = try text(.shortJob(), .laterShortJob(), report, by: figure)
    #expect(told.contains("exact: every allocation") && !told.contains("±"))
  }

  @Test func `a change is beyond its error, or that is said of it`() throws {
    let told = try text(.nightJob(), .laterNightJob())
    let rows = told.split(separator: "\n")
    // 812 ± √85 and 1012 ± 10.
    #expect(rows.contains { $0.hasPrefix(" +200 MiB ± 14 ") && !$0.contains("within") })
    // 96 ± 4 and 101 ± 4.
    #expect(rows.contains { $0.hasPrefix("+5.00 MiB ± 5.66") && $0.contains("within the error") })
    #expect(rows.contains { $0.contains("-320 MiB ± 0 ") && $0.contains("npyio.py:1021 (gone)") })
    #expect(rows.contains { $0.contains("features.py:31 (new)") })
    #expect(rows.contains { $0.contains("data/load.py:22 (was 12)") })
  }

  @Test func `the two peaks are told with their moments`() throws {
    #expect(
      try text(.shortJob(), .laterShortJob()).contains(
        "The peak fell from 100 MiB, at 2.50 s, to 95.0 MiB, at 3.25 s: -5.00 MiB (-5.0 %)."))
    #expect(
      try text(.shortJob(), .laterShortJob(), by: .live).contains(
        "What is live at the end fell from 45.0 MiB to 32.0 MiB: -13.0 MiB (-29 %)."))
  }

  @Test func `of processes that ran already, what was there before is no change`() throws {
    func run(before: Int) -> CaptureBuilder {
      var builder = CaptureBuilder.shortJob()
      builder.header.flags &= ~CaptureFlags.preloaded
      builder.header.peak += before << 20
      builder.header.live += before << 20
      builder.header.baseline += before << 20
      return builder
    }
    let told = try text(run(before: 0), run(before: 202))
    #expect(told.contains("The peak above what was there before is the same: 90.0 MiB, at 2.50 s."))
    let live = try text(run(before: 0), run(before: 202), by: .live)
    #expect(live.contains("What is live at the end above what was there before is the same"))
    let page = ChangeFindings(try DifferenceView(run(before: 0), run(before: 202))).all()
    #expect(page.map(\.text).allSatisfy { !$0.contains("202") })
    // From its start on: all of it is the program's.
    #expect(try text(.shortJob(), run(before: 202)).contains("The peak rose from 100 MiB"))
  }

  @Test func `a capture and itself differ in nothing`() throws {
    for builder in [CaptureBuilder.shortJob(), .nightJob()] {
      let told = try text(builder, builder)
      #expect(told.contains("The peak is the same: "))
      #expect(told.contains("No line has another figure."))
      #expect(told.contains("NOTE: Both are the same recording."))
      #expect(!told.contains("On which calls"))
      let json = DifferenceReport().json(try DifferenceView(builder, builder))
      #expect(json.contains("\"lines\": [],") && json.contains("\"stacks\": [],"))
    }
  }

  @Test func `different programs, and only these, are called so`() throws {
    func isTold(_ before: String, _ after: String) throws -> Bool {
      try text(CaptureBuilder(command: before), CaptureBuilder(command: after)).contains(
        "The two ran different programs")
    }
    #expect(try isTold("python a.py", "python b.py"))
    #expect(try isTold("python -m a", "python -m b"))
    #expect(try isTold("pytest tests", "python tests"))
    #expect(try !isTold("python a.py 1", "/usr/bin/python3.12 -X dev /x/a.py 2"))
    #expect(try !isTold("python -m a 1", "python -m a 2"))
    #expect(try !isTold("", ""))
    #expect(try !isTold("python -c x", "python -c y"))
  }

  @Test func `what limits either is told of it, what limits both once`() throws {
    var (before, after) = (CaptureBuilder.shortJob(), CaptureBuilder.laterShortJob())
    before.header.droppedForDisk = 1
    after.header.peakBound = 1024
    before.header.flags |= CaptureFlags.hidesObjects
    after.header.flags |= CaptureFlags.hidesObjects
    after.header.python = 0x030D_00F0
    after.header.exitKind = CaptureExit.killed
    after.header.exitStatus = 9
    let told = try text(before, after)
    for sentence in [
      "NOTE: Before: 1 block is in no line", "NOTE: After: The peak may have been up to 1.00 KiB",
      "NOTE: Both: The program's allocator", "It was killed by SIGKILL",
      "The interpreters differ, CPython 3.12.4 and CPython 3.13.0",
    ] {
      #expect(told.contains(sentence), "\(sentence)")
    }
  }

  @Test func `what a capture is judged on is said`() throws {
    func verdict(_ allowance: Allowance, _ figure: Figure = .peak) throws -> Verdict? {
      DifferenceReport(allowance: allowance).verdict(
        try DifferenceView(.laterNightJob(), .nightJob(), by: figure), style: Style())
    }
    // From 1260 to 1320 MiB.
    let failed = try #require(try verdict(.percent(4.5)))
    #expect(failed.isFailed)
    #expect(
      failed.sentence
        == "FAILED: the peak grew by 60.0 MiB (+4.8 %), more than the 4.5 % allowed (judged on the "
        + "height of the peak, which is counted in sampled recordings, too).")
    #expect(try verdict(.percent(5))?.isFailed == false)
    #expect(try verdict(.amount(59 << 20))?.isFailed == true)
    #expect(try verdict(.amount(60 << 20))?.isFailed == false)
    #expect(try verdict(.amount(0), .allocations)?.isFailed == false)
    let view = try DifferenceView(.nightJob(), .nightJob())
    #expect(DifferenceReport().verdict(view, style: Style()) == nil)
  }

  @Test func `filters mean what they mean elsewhere`() throws {
    let hidden = try text(
      .nightJob(), .laterNightJob(), by: .peak, Selection(hide: ["site-packages"]))
    #expect(!hidden.contains("npyio"))
    #expect(hidden.contains("features.py:88 (gone)"))
    #expect(hidden.contains("Without lines of site-packages; what they hold counts with"))
    let one = try text(
      .nightJob(), .laterNightJob(), by: .peak, Selection(thread: "loader-1"))
    #expect(one.contains("Only what thread loader-1 allocated.") && one.contains("(other threads)"))
  }

  @Test func `as many lines are listed as are asked for`() throws {
    func lines(_ limit: Int?) throws -> Int {
      try text(.nightJob(), .laterNightJob(), DifferenceReport(limit: limit))
        .split(separator: "\n").filter { $0.contains(".py:") && !$0.contains("→") }.count
    }
    #expect(try lines(1) == 1)
    #expect(try lines(2) == 2)
    #expect(try lines(.max) > 10)
    #expect(
      try text(.nightJob(), .laterNightJob(), DifferenceReport(limit: 1)).contains(" other lines)"))
  }

  @Test func `texts stay in their cells`() {
    #expect(DifferenceMarkdown.code("x = a | b") == "`x = a \\| b`")
    #expect(DifferenceMarkdown.code("`") == "<code>&#96;</code>")
    #expect(DifferenceMarkdown.code("a\\|<b>") == "<code>a&#92;&#124;&#60;b&#62;</code>")
    #expect(DifferenceMarkdown.code("a\n\u{1B}b") == "`a\u{FFFD}\u{FFFD}b`")
    #expect(DifferenceMarkdown.code("  ") == "")
    #expect(DifferenceMarkdown.code(String(repeating: "x", count: 500)).count == 122)
    #expect(
      DifferenceMarkdown.text("a_b* <x> @you #3") == "a&#95;b&#42; &#60;x&#62; &#64;you &#35;3")
    for text in ["a|b", "`|`", "\\|", "|", "x\\"] {
      let cell = DifferenceMarkdown.code(text)
      var isEscaped = false
      for character in cell {
        #expect(character != "|" || isEscaped, "\(cell)")
        isEscaped = character == "\\" && !isEscaped
      }
    }
  }

  @Test func `a recursion of a hundred thousand calls is no trouble`() throws {
    func deep(_ bytes: Int) -> CaptureBuilder {
      var builder = CaptureBuilder()
      var stack = builder.thread("MainThread", 1)
      let function = builder.function("f", "a.py")
      for _ in 0..<100_000 { stack = builder.stack(below: stack, function, line: 3) }
      builder.holds(stack, atPeak: bytes)
      builder.header.peak = bytes
      return builder
    }
    #expect(try text(deep(mib), deep(2 * mib)).contains("99992 more"))
  }
}
