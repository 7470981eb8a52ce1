// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Testing

@testable import Reports

/// What reports of captures must say, and must never say.
@Suite struct CaptureRuleTests {
  private func text(
    _ builder: CaptureBuilder, _ report: CaptureReport = .summary, style: Style = Style()
  ) throws -> String {
    report.text(try CaptureView(builder, report.when), style: style)
  }

  @Test(arguments: CaptureReport.all.map(\.name))
  func `no report of a sampled capture says that it is exact`(kind: String) throws {
    let report = try #require(CaptureReport.all.first { $0.name == kind }?.report)
    let view = try CaptureView(.nightJob(), report.when)
    #expect(!report.text(view, style: Style()).lowercased().contains("exact"))
    #expect(!report.json(view).lowercased().contains("exact"))
    #expect(report.text(view, style: Style()).contains("±"))
    #expect(try text(.shortJob(), report).contains("exact"))
    #expect(!(try text(.shortJob(), report)).contains("±"))
  }

  @Test(arguments: CaptureReport.all.map(\.name))
  func `every report says what limits its figures`(kind: String) throws {
    let report = try #require(CaptureReport.all.first { $0.name == kind }?.report)
    var builder = CaptureBuilder.nightJob()
    builder.header.droppedForDisk = 1
    builder.header.droppedForMemory = 2
    builder.header.droppedForNesting = 3
    builder.header.flags = CaptureFlags.truncated | CaptureFlags.hidesObjects
    builder.header.stacks = CaptureStacks.notProved
    let told = try text(builder, report)
    for sentence in [
      "It was killed by SIGKILL (signal 9)", "up to 3.00 MiB higher",
      "1,204 blocks are in no line: the capture had reached its limit, 256 MiB.",
      "1 block is in no line: the disk was full.", "2 blocks are in no line: there was no memory",
      "3 blocks are in no line: a signal handler", "Somebody cut the file off",
      "C++'s operators", "There are no lines: the stacks of CPython 3.12.4 are not as",
      "small objects were not recorded one by one",
      "held less than about 1.50 MiB (with 95 % probability)",
    ] {
      #expect(told.contains(sentence), "\(sentence)")
    }
  }

  @Test func `what was there before a recording began is not what lines have a share of`() throws {
    func finding(before: Int, flags: UInt32 = 0) throws -> String? {
      let mib = 1 << 20
      var builder = CaptureBuilder()
      let main = builder.thread("MainThread", 1)
      builder.holds(builder.calls(main, "f /a.py:3"), atPeak: 8 * mib)
      builder.header.peak = (before + 10) * mib
      builder.header.baseline = before * mib
      builder.header.flags = flags
      let view = try CaptureView(builder, .peak)
      let sentence = SummaryReport(view, style: Style()).finding
      let page = PageFindings(view).all().first?.text
      #expect(page?.hasPrefix(sentence?.dropLast() ?? "") != false)
      return sentence
    }
    #expect(
      try finding(before: 226)
        == "Line 3 of /a.py holds 80 % of the peak above the 226 MiB that were there before.")
    #expect(try finding(before: 0) == "Line 3 of /a.py holds 80 % of the peak.")
    // It began with the process.
    #expect(
      try finding(before: 30, flags: CaptureFlags.preloaded)
        == "Line 3 of /a.py holds 20 % of the peak.")
    // Beside what was there it is nothing.
    #expect(try finding(before: 8000) == nil)
  }

  @Test func `how a process ended is told in a sentence`() throws {
    func ending(_ change: (inout CaptureHeader) -> Void) throws -> String {
      var builder = CaptureBuilder.shortJob()
      builder.header.exitKind = CaptureExit.unknown
      change(&builder.header)
      return try text(builder).split(separator: "\n").map(String.init)[2]
    }
    #expect(try ending { $0.state = CaptureState.ended } == "It ended after 5.00 s.")
    #expect(
      try ending { $0.state = CaptureState.stopped }
        == "The recording was stopped after 5.00 s; the program went on.")
    #expect(
      try ending { $0.state = CaptureState.recording }.hasPrefix(
        "The recording has no end after 5.00 s: the process was killed, or it still runs"))
    #expect(
      try ending {
        $0.exitKind = CaptureExit.exited
        $0.exitStatus = 3
      } == "It ended with status 3 after 5.00 s.")
    #expect(
      try ending {
        $0.exitKind = CaptureExit.killed
        $0.exitStatus = 15
      } == "It was killed by SIGTERM (signal 15) after 5.00 s.")
  }

  @Test func `errors stand in the unit of their figures`() {
    let style = Style()
    #expect(style.error(Double(9 * mib), beside: 412 * mib) == "± 9")
    #expect(style.error(Double(120 * mib), beside: 7782 * mib) == "± 0.12")
    #expect(style.error(512, beside: 2048) == "± 0.50")
    #expect(style.error(3.4, beside: 100) == "± 3")
    #expect(style.error(0, beside: 0) == "± 0")
    #expect(Style(precision: 1).error(Double(mib), beside: 5 * mib) == "± 1.0")
    #expect(style.error(.nan, beside: 1) == "± 0")
    #expect(style.error(.infinity, beside: 1).hasPrefix("± 9"))
  }

  @Test func `the line that stands out is named, or that none does`() throws {
    func finding(_ sizes: Int...) throws -> String? {
      var builder = CaptureBuilder()
      let main = builder.thread("MainThread", 1)
      for (index, size) in sizes.enumerated() {
        builder.holds(builder.calls(main, "f a.py:\(index + 1)"), atPeak: size * mib)
      }
      builder.header.peak = 100 * mib
      return SummaryReport(try CaptureView(builder), style: Style()).finding
    }
    #expect(try finding(61, 10) == "Line 1 of a.py holds 61 % of the peak.")
    #expect(try finding(100) == "Line 1 of a.py holds nearly all of the peak.")
    #expect(
      try finding(20, 10, 5, 1)
        == "No line stands out: the largest, line 1 of a.py, holds 20 % of the peak, the three "
        + "largest 35 %.")
    #expect(try finding() == nil)
  }

  @Test func `what is in no line has a row of its own, if it is more than rounding`() throws {
    var builder = CaptureBuilder.shortJob()
    #expect(try !text(builder).contains("(in no line)"))
    builder.header.peak += 20 * mib
    #expect(try text(builder).contains("20.0 MiB   17 %               (in no line)"))
    builder.header.peak -= 60 * mib
    #expect(try text(builder).contains("(lines add up to more)"))
    // Whatever was there before has been freed, or the lines would not hold so much.
    #expect(try !text(builder).contains("(before the recording)"))
  }

  @Test func `small branches are counted, and depth is cut`() throws {
    let told = try text(.nightJob(), .tree(reverse: false, depth: nil))
    #expect(told.contains("(12 smaller)"))
    #expect(told.contains("13 smaller branches, each below 13.2 MiB, are not shown."))
    let cut = try text(.nightJob(), .tree(reverse: false, depth: 2))
    #expect(cut.contains("Deeper calls are not shown (--depth)."))
    #expect(!cut.contains("loadtxt"))
  }

  @Test func `a recursion of a hundred thousand calls is no trouble`() throws {
    var builder = CaptureBuilder()
    var stack = builder.thread("MainThread", 1)
    let function = builder.function("f", "a.py")
    for _ in 0..<100_000 { stack = builder.stack(below: stack, function, line: 3) }
    builder.holds(stack, atPeak: mib)
    builder.header.peak = mib
    for (_, report) in CaptureReport.all {
      #expect(try text(builder, report).count < 100_000)
    }
  }

  @Test func `all lines of a file are shown when that is asked for`() throws {
    let view = try CaptureView(.shortJob()) { path in
      path == "/home/job.py"
        ? SourceFile(text: (1...9).map { "line \($0)\n" }.joined().utf8, modified: .max) : nil
    }
    let told = CaptureReport.lines(all: true).text(view, style: Style())
    #expect(told.contains("line 8"))
    // What the capture holds is what ran.
    #expect(told.contains("rows = [parse(line) for line in file]"))
    #expect(!told.contains("line 3"))
    #expect(told.contains("NOTE: job.py was changed after the recording began"))
  }

  @Test func `dates are right`() {
    #expect(Style.date(1_772_330_400 * 1_000_000_000) == "2026-03-01 02:00:00 UTC")
    #expect(Style.date(0) == "1970-01-01 00:00:00 UTC")
    #expect(Style.date(951_782_399 * 1_000_000_000) == "2000-02-28 23:59:59 UTC")
    #expect(Style.date(951_868_799 * 1_000_000_000) == "2000-02-29 23:59:59 UTC")
    #expect(Style.date(4_107_542_400 * 1_000_000_000) == "2100-03-01 00:00:00 UTC")
  }
}
