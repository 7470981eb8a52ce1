// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureTestSupport
import Testing

@testable import Analysis
@testable import Reports

/// What the page of a capture is given: the same figures as all reports.
@Suite struct CapturePageTests {
  private func view(_ builder: CaptureBuilder = .shortJob()) throws -> CaptureView {
    let capture = try Capture(bytes: builder.bytes())
    return CaptureView(
      capture: capture, account: try Account(capture), sources: SourceLines(capture) { _ in nil },
      ending: Ending(capture.header, isRunning: false))
  }

  @Test func `the columns add up to the account`() throws {
    let view = try view()
    let data = PageData(PageSubject(view))
    let sums = Sums(data.columns)
    #expect(sums["node.peak"] == Double(view.account.sum.held))
    #expect(sums["node.live"] == Double(view.account.sum.live))
    #expect(sums["node.allocated"] == Double(view.account.sum.allocated))
    #expect(sums["counter.live"] == Double(view.account.sum.live))
    #expect(data.folded.foldedCount == 0)
  }

  @Test func `what is folded is counted with its callers`() throws {
    let view = try view()
    let all = PageData(PageSubject(view))
    let few = PageData(PageSubject(view), most: PageData.Most(nodes: 3, changes: 3, moments: 2))
    #expect(few.folded.kept.count == 3)
    #expect(few.folded.foldedCount == all.folded.kept.count - 3)
    #expect(few.folded.share > 0)
    let (sums, expected) = (Sums(few.columns), Sums(all.columns))
    for name in ["node.peak", "node.live", "node.allocated", "node.allocations"] {
      #expect(sums[name] == expected[name])
    }
    #expect(sums.counts["change.until"] ?? 0 <= 3)
    #expect(sums.counts["moment.ms"] ?? 0 <= 3)
    #expect(PageDocument(few).text.contains("\"folded\""))
  }

  @Test func `nothing in a page can end a script too early`() throws {
    var builder = CaptureBuilder(command: "python </script><script>alert(1)</script>.py")
    let main = builder.thread("</script>", 1)
    builder.holds(builder.calls(main, "<!-- evil.py:1"), atPeak: 7)
    builder.finish(peak: 7, live: 7, baseline: 0, at: 1, end: 2)
    let page = CapturePage.html(try view(builder))
    let json = try #require(page.split(separator: "id=\"report\">").last)
    let text = json.prefix { $0 != "<" }
    #expect(text.contains("\\u003c/script>"))
    #expect(text.contains("\\u003c!--"))
    // The end of the JSON is the first that ends an element.
    #expect(json.dropFirst(text.count).hasPrefix("</script>"))
    #expect(page.contains("<title>python &lt;/script&gt;"))
  }

  @Test func `findings name what holds the peak, and what grows`() throws {
    var builder = CaptureBuilder(command: "python job.py")
    let main = builder.thread("MainThread", 1)
    let growing = builder.holds(
      builder.calls(main, "cache job.py:3"), atPeak: 90 << 20, live: 90 << 20)
    for second in 1...9 {
      builder.change(growing, until: Double(second), live: (second - 1) * 10 << 20)
      builder.moment(Double(second), live: second * 10 << 20)
    }
    builder.finish(peak: 90, live: 90, baseline: 0, at: 9, end: 10)
    let findings = PageFindings(try view(builder)).all()
    #expect(
      findings.map(\.text).first == "Line 3 of job.py holds nearly all of the peak: 90.0 MiB.")
    #expect(findings.contains { $0.text.hasPrefix("Line 3 of job.py grows steadily, by about ") })
    #expect(findings.contains { $0.text.hasPrefix("90.0 MiB are still in use at the end") })
  }

  @Test func `marks are in the order of time, and stretches know their ends`() throws {
    var builder = CaptureBuilder(command: "python job.py")
    let main = builder.thread("MainThread", 1)
    builder.holds(builder.calls(main, "f job.py:1"), atPeak: 7)
    builder.mark("inner", from: 2, to: 3)
    builder.mark("outer", from: 2, to: 5)
    builder.mark("begun", from: 0.5)
    builder.finish(peak: 7, live: 7, baseline: 0, at: 1, end: 6)
    let marks = PageMark.all(of: try view(builder))
    #expect(marks.map(\.text) == ["begun", "outer", "inner"])
    #expect(marks.map(\.milliseconds) == [500, 2000, 2000])
    #expect(marks.map(\.until) == [500, 5000, 3000])
  }

  @Test func `what libraries hold counts with the program's own line, and the way to it is told`()
    throws
  {
    var builder = CaptureBuilder(command: "python job.py")
    let main = builder.thread("MainThread", 1)
    let load = builder.calls(builder.calls(main, "main job.py:9"), "load job.py:3")
    let library = "/v/lib/python3.12/site-packages/frames/core.py"
    builder.holds(builder.calls(load, "copy \(library):7"), atPeak: 30 << 20)
    builder.holds(builder.calls(load, "merge \(library):8"), atPeak: 30 << 20)
    builder.holds(builder.calls(main, "sum job.py:5"), atPeak: 40 << 20)
    builder.finish(peak: 100, live: 0, baseline: 0, at: 1, end: 2)
    let view = try view(builder)
    let findings = PageFindings(view).all()
    #expect(
      findings.first?.text
        == "Line 3 of job.py holds 60 % of the peak: 60.0 MiB, by calling frames (main → load).")
    #expect(PageDocument(PageData(PageSubject(view))).text.contains("\"hidesLibraries\": true"))
  }

  @Test func `what libraries hold on threads of their own is not the program's`() throws {
    var builder = CaptureBuilder(command: "python job.py")
    let main = builder.thread("MainThread", 1)
    let other = builder.thread("Pool-1", 2)
    let library = "/v/lib/python3.12/site-packages/frames/core.py"
    builder.holds(builder.calls(main, "sum job.py:5"), atPeak: 30 << 20)
    builder.holds(builder.calls(other, "work \(library):7"), atPeak: 20 << 20)
    builder.holds(builder.calls(other, "work \(library):9"), atPeak: 50 << 20)
    builder.finish(peak: 100, live: 0, baseline: 0, at: 1, end: 2)
    #expect(
      PageFindings(try view(builder)).all().map(\.text) == [
        "Libraries hold 70.0 MiB, 70 % of the peak, on threads of their own; most of it is line 9 of "
          + "frames/core.py.",
        "Line 5 of job.py holds 30 % of the peak: 30.0 MiB.",
      ])
  }

  @Test
  func `what libraries hold on the first thread, or beside own lines, has no thread of its own`()
    throws
  {
    for thread in [1, 2] {
      var builder = CaptureBuilder(command: "python -m package")
      let threads = [builder.thread("MainThread", 1), builder.thread("Pool-1", 2)]
      let library = "/v/lib/python3.12/site-packages/frames/core.py"
      builder.holds(builder.calls(threads[1], "sum job.py:5"), atPeak: 30 << 20)
      builder.holds(builder.calls(threads[thread - 1], "work \(library):9"), atPeak: 70 << 20)
      builder.finish(peak: 100, live: 0, baseline: 0, at: 1, end: 2)
      #expect(
        PageFindings(try view(builder)).all().first?.text
          == "Libraries hold 70.0 MiB, 70 % of the peak, called by no line of the program; most of "
          + "it is line 9 of frames/core.py.")
    }
  }

  @Test func `imports are told by themselves, behind what the program's lines hold`() throws {
    var builder = CaptureBuilder(command: "python job.py")
    let main = builder.thread("MainThread", 1)
    let imports = builder.calls(main, "<module> job.py:1")
    let system = builder.stack(
      below: imports, builder.function("_find_and_load", "<frozen importlib._bootstrap>"), line: 9)
    builder.holds(
      builder.calls(system, "<module> /usr/lib/python3.12/json/a.py:1"), atPeak: 80 << 20)
    builder.holds(builder.calls(main, "sum job.py:5"), atPeak: 20 << 20)
    builder.finish(peak: 100, live: 0, baseline: 0, at: 1, end: 2)
    let findings = PageFindings(try view(builder)).all()
    #expect(
      findings.map(\.text) == [
        "Beyond what is imported, line 5 of job.py holds most at the peak: 20.0 MiB.",
        "Importing modules takes 80.0 MiB, 80 % of the peak; most of it is line 1 of job.py.",
      ])
  }

  @Test func `a line that imports something by the way is told with all that it holds`() throws {
    var builder = CaptureBuilder(command: "python job.py")
    let main = builder.thread("MainThread", 1)
    let loads = builder.calls(main, "load job.py:4")
    builder.holds(loads, atPeak: 50 << 20)
    let system = builder.stack(
      below: loads, builder.function("_find_and_load", "<frozen importlib._bootstrap>"), line: 9)
    builder.holds(
      builder.calls(system, "<module> /usr/lib64/python3.12/uuid.py:1"), atPeak: 10 << 20)
    builder.holds(builder.calls(main, "sum job.py:5"), atPeak: 40 << 20)
    builder.finish(peak: 100, live: 0, baseline: 0, at: 1, end: 2)
    #expect(
      PageFindings(try view(builder)).all().map(\.text) == [
        "Line 4 of job.py holds 60 % of the peak: 60.0 MiB."
      ])
  }

  @Test func `only modules count as imported, however deep below a line they are needed`() throws {
    var builder = CaptureBuilder(command: "python job.py")
    let main = builder.thread("MainThread", 1)
    let parses = builder.calls(main, "parse job.py:4")
    let library = builder.calls(parses, "strptime /usr/lib/python3.12/datetime.py:5")
    // What it allocates passes through, what it holds is the module.
    builder.holds(library, atPeak: 1 << 20, allocated: 900 << 20)
    let system = builder.stack(
      below: library, builder.function("_find_and_load", "<frozen importlib._bootstrap>"), line: 9)
    builder.holds(
      builder.calls(system, "<module> /usr/lib/python3.12/_strptime.py:1"), atPeak: 20 << 20)
    builder.holds(builder.calls(main, "sum job.py:5"), atPeak: 79 << 20)
    builder.finish(peak: 100, live: 0, baseline: 0, at: 1, end: 2)
    let findings = PageFindings(try view(builder)).all().map(\.text)
    #expect(
      findings == [
        "Line 5 of job.py holds 79 % of the peak: 79.0 MiB.",
        "Importing modules takes 20.0 MiB, 20 % of the peak; most of it is line 4 of job.py.",
        "Line 4 of job.py allocates 920 MiB in all, of which nearly everything only passes through: "
          + "it holds 21.0 MiB at the peak.",
      ])
  }

  @Test(arguments: [
    (90, 20, 100, "most of the joint peak, 90.0 MiB (90 %)"),
    // What processes noted may add up to more than the joint peak.
    (107, 0, 100, "most of the joint peak, 107 MiB (100 %)"),
    (40, 30, 100, "the largest part of the joint peak, 40.0 MiB (40 %)"),
  ]) func `the process that holds most is told by its part of the joint peak`(
    _ first: Int, _ second: Int, _ peak: Int, _ words: String
  ) throws {
    var tree = TreeBuilder(CaptureBuilder(command: "python job.py"))
    for (number, held) in [(40, first), (41, second)] {
      tree.process(number, "python job.py", from: 0, to: 9, peak: held) { builder in
        let main = builder.thread("MainThread", number)
        builder.holds(builder.calls(main, "f job.py:\(number)"), atPeak: held << 20)
      }
    }
    tree.tables.finish(peak: peak, live: 0, baseline: 0, at: 5, end: 9)
    let texts = PageFindings(try CaptureView(tree.capture())).all().map(\.text)
    #expect(texts.contains { $0.hasPrefix("Process 40 ") && $0.contains(" holds \(words)") })
  }

  @Test func `what is held for long does not only pass through`() throws {
    for held in [50, 5] {
      var builder = CaptureBuilder(command: "python job.py")
      let main = builder.thread("MainThread", 1)
      builder.holds(builder.calls(main, "sum job.py:5"), atPeak: 100 << 20)
      // It holds nothing when the peak is, and nothing in the end.
      let caches = builder.holds(builder.calls(main, "cache job.py:3"), allocated: 200 << 20)
      builder.change(caches, until: 1, live: 0)
      builder.change(caches, until: 9, live: held << 20)
      builder.moment(8, live: held << 20)
      builder.finish(peak: 100, live: 0, baseline: 0, at: 9.5, end: 10)
      let texts = PageFindings(try view(builder)).all().map(\.text)
      #expect(texts.contains { $0.contains("only passes through") } == (held == 5))
    }
  }

  @Test func `a program without lines of its own is shown as it is`() throws {
    var builder = CaptureBuilder(command: "python -m tool")
    let main = builder.thread("MainThread", 1)
    builder.holds(
      builder.calls(main, "run /v/lib/python3.12/site-packages/tool.py:4"), atPeak: 9 << 20)
    builder.finish(peak: 9, live: 0, baseline: 0, at: 1, end: 2)
    let view = try view(builder)
    #expect(OwnLines(view) == nil)
    #expect(
      PageFindings(view).all().first?.text
        == "Line 4 of tool.py holds nearly all of the peak: 9.00 MiB.")
    // Nor where somebody has chosen what is looked at.
    let chosen = try CaptureView(.shortJob(), .peak, Selection(hide: ["json"]))
    #expect(OwnLines(chosen) == nil)
  }

  @Test(arguments: [0, 1, 2, 3, 1000, 70_000]) func `packed bytes are zlib's form`(_ count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }
    let packed = Deflate.packed(bytes)
    // RFC 1950: the first two bytes are a multiple of 31, the low half of the first is deflate.
    #expect((Int(packed[0]) << 8 | Int(packed[1])) % 31 == 0)
    #expect(packed[0] & 15 == 8)
    #expect(packed.count < count + 20)
  }

  @Test func `texts of bytes are Base64`() {
    for (bytes, text) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ] {
      #expect(Base64.text(Array(bytes.utf8)) == text)
    }
  }
}

/// The sums of columns of numbers, and how many there are.
private struct Sums {
  private(set) var counts: [String: Int] = [:]
  private var sums: [String: Double] = [:]

  init(_ columns: PageColumns) {
    var place = 0
    for column in columns.columns {
      counts[column.name] = column.count
      let width = column.type == "f64" ? 8 : 4
      for index in 0..<column.count where column.type == "f64" {
        let start = place + index * 8
        let bits = columns.bytes[start..<start + 8].reversed().reduce(UInt64(0)) {
          $0 << 8 | UInt64($1)
        }
        sums[column.name, default: 0] += Double(bitPattern: bits)
      }
      place += (column.count * width + 7) / 8 * 8
    }
  }

  subscript(name: String) -> Double { sums[name] ?? 0 }
}
