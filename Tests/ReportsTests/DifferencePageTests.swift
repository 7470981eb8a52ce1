// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureTestSupport
import Testing

@testable import Analysis
@testable import Reports

/// What the page of a difference is given: the figures of `peakline diff`.
@Suite struct DifferencePageTests {
  private static func pairs() -> [(CaptureBuilder, CaptureBuilder)] {
    [
      (.shortJob(), .laterShortJob()), (.laterShortJob(), .shortJob()),
      (.nightJob(), .laterNightJob()), (.shortJob(), .nightJob()), (.nightJob(), .shortJob()),
      (CaptureBuilder(), .shortJob()), (.shortJob(), CaptureBuilder()),
      (CaptureBuilder(), CaptureBuilder()),
    ]
  }

  @Test(arguments: 0..<pairs().count)
  func `every line has the figures that the difference has`(_ index: Int) throws {
    let (before, after) = Self.pairs()[index]
    let view = try DifferenceView(before, after)
    let table = PageTable(PageData(PageSubject(view)))
    for line in view.difference.lines {
      let name = table.name(line.place, isGone: line.status == .gone)
      for (figure, column) in [
        (Figure.peak, "peak"), (.live, "live"), (.allocated, "allocated"),
        (.allocations, "allocations"),
      ] {
        let change = line.change(figure)
        #expect(table.sum("node.\(column)Before", of: name) == Double(change.before), "\(name)")
        #expect(table.sum("node.\(column)", of: name) == Double(change.after), "\(name)")
        guard figure.isBytes, view.difference.isSampled, let variance = change.variance else {
          continue
        }
        let sum =
          table.sum("node.\(column)VarianceBefore", of: name)
          + table.sum("node.\(column)Variance", of: name)
        #expect(abs(sum - variance) <= variance * 1e-12)
      }
    }
    // What is in no line of the difference did not change.
    let changed = Set(
      view.difference.lines.map { table.name($0.place, isGone: $0.status == .gone) })
    for name in table.names where !changed.contains(name) {
      #expect(table.sum("node.peak", of: name) == table.sum("node.peakBefore", of: name))
    }
  }

  @Test func `a line that moved is one node, whatever calls it and from where`() throws {
    func job(_ shift: Int, _ thread: String, _ bytes: Int) -> CaptureBuilder {
      var builder = CaptureBuilder()
      let main = builder.thread(thread, 10 + shift)
      builder.holds(
        builder.calls(main, "<module> a.py:\(20 + shift)", "f a.py:\(3 + shift)"), atPeak: bytes)
      builder.source("a.py", 20 + shift, "f()")
      builder.source("a.py", 3 + shift, "    return bytearray(n)")
      builder.header.peak = bytes
      return builder
    }
    let view = try DifferenceView(job(0, "MainThread", 10 * mib), job(7, "worker-3", 30 * mib))
    let data = PageData(PageSubject(view))
    // The root, the module and the function.
    #expect(data.folded.parents == [0, 0, 1])
    let table = PageTable(data)
    #expect(Array(table.names.dropFirst()) == ["a.py:27 <module>", "a.py:10 f"])
    #expect(table.sum("node.peakBefore", of: "a.py:10 f") == Double(10 * mib))
    #expect(table.sum("node.peak", of: "a.py:10 f") == Double(30 * mib))
    #expect(
      PageSubject(view).findings == [
        PageFinding(
          text: "Line 10 of a.py holds 20.0 MiB more at the peak: 30.0 MiB, up from 10.0 MiB.",
          place: view.difference.lines[0].number)
      ])
  }

  @Test func `a line that was edited is one that is gone and one that is new`() throws {
    func job(_ text: String, _ bytes: Int) -> CaptureBuilder {
      var builder = CaptureBuilder()
      builder.holds(builder.calls(builder.thread("MainThread", 1), "f a.py:3"), atPeak: bytes)
      builder.source("a.py", 3, text)
      builder.header.peak = bytes
      return builder
    }
    let view = try DifferenceView(job("x = old()", 9 * mib), job("x = new()", 4 * mib))
    let data = PageData(PageSubject(view))
    let table = PageTable(data)
    #expect(Set(table.names.dropFirst()) == ["a.py:3 f", "a.py:3 f (gone)"])
    #expect(table.sum("node.peak", of: "a.py:3 f") == Double(4 * mib))
    #expect(table.sum("node.peakBefore", of: "a.py:3 f (gone)") == Double(9 * mib))
    #expect(
      PageSubject(view).findings.map(\.text) == [
        "Line 3 of a.py is gone: it held 9.00 MiB at the peak.",
        "Line 3 of a.py is new, and holds 4.00 MiB at the peak.",
      ])
    // Each has its own text, and the old state knows the file that it was of.
    let texts = Dictionary(
      uniqueKeysWithValues: data.sources.files.map { ($0.file.isFormer, $0.lines[2]) })
    #expect(texts == [false: "x = new()", true: "x = old()"])
    let gone = try #require(data.places.number(of: PagePlaces.File(name: "a.py", isFormer: true)))
    let now = try #require(data.places.number(of: PagePlaces.File(name: "a.py")))
    let json = PageDocument(data).text.filter { !$0.isWhitespace }
    #expect(json.contains("\"former\":[{\"file\":\(gone),\"now\":\(now)}]"))
  }

  @Test func `what is heavy in either is not folded`() throws {
    func job(_ heavy: String) -> CaptureBuilder {
      var builder = CaptureBuilder()
      let main = builder.thread("MainThread", 1)
      for line in 1...40 {
        builder.holds(builder.calls(main, "f\(line) small.py:\(line)"), atPeak: 1000 + line)
      }
      builder.holds(builder.calls(main, "g \(heavy):1"), atPeak: 50 * mib)
      builder.header.peak = 50 * mib
      return builder
    }
    let view = try DifferenceView(job("old.py"), job("new.py"))
    let data = PageData(PageSubject(view), most: PageData.Most(nodes: 5))
    let table = PageTable(data)
    #expect(data.folded.kept.count == 5)
    #expect(table.names.contains("old.py:1 g (gone)") && table.names.contains("new.py:1 g"))
    // No byte is lost.
    let all = PageTable(PageData(PageSubject(view)))
    for column in ["node.peak", "node.peakBefore"] {
      #expect(table.sum(column) == all.sum(column))
    }
  }

  @Test func `what may be chance is not called a change`() throws {
    let texts = PageSubject(try DifferenceView(.nightJob(), .laterNightJob())).findings.map(\.text)
    // 812 ± √85 and 1012 ± 10; 96 ± 4 and 101 ± 4 are within the error.
    #expect(
      texts.contains(
        "Line 22 of data/load.py holds 200 MiB ± 14 more at the peak: 1012 MiB, up from 812 MiB."))
    #expect(texts.contains { $0.hasPrefix("Line 1021 of numpy/") && $0.contains(" is gone: it held ") })
    #expect(!texts.contains { $0.contains("loader.py") })
    func job(_ bytes: Int) -> CaptureBuilder {
      var builder = CaptureBuilder(interval: 512 << 10)
      builder.holds(
        builder.calls(builder.thread("MainThread", 1), "f a.py:1"), atPeak: bytes,
        variance: Double(mib) * Double(mib))
      builder.header.peak = 10 * mib
      return builder
    }
    let view = try DifferenceView(job(10 * mib), job(11 * mib))
    #expect(
      PageSubject(view).findings.map(\.text) == [
        "The peak is the same: 10.0 MiB, at 0 s. No line holds more or less at the peak by more than "
          + "chance makes in samples."
      ])
  }

  @Test func `where nothing changed, that is said`() throws {
    for builder in [CaptureBuilder.shortJob(), .nightJob(), CaptureBuilder()] {
      let view = try DifferenceView(builder, builder)
      let subject = PageSubject(view)
      #expect(subject.findings.count == 1)
      #expect(subject.findings[0].text.hasPrefix("Nothing changed: the peak is "))
      #expect(subject.notes.contains("Both are the same recording."))
    }
  }

  @Test func `what rose besides the peak is told with its line`() throws {
    func job(_ live: Int, _ allocated: Int) -> CaptureBuilder {
      var builder = CaptureBuilder()
      builder.holds(
        builder.calls(builder.thread("MainThread", 1), "f a.py:1"), atPeak: 50 * mib, live: live,
        allocated: allocated)
      builder.source("a.py", 1, "f()")
      builder.header.peak = 50 * mib
      builder.header.live = live
      builder.header.allocated = allocated
      return builder
    }
    let texts = PageSubject(
      try DifferenceView(job(0, 200 * mib), job(20 * mib, 100 * mib))
    ).findings.map(\.text)
    #expect(
      texts == [
        "The peak is the same: 50.0 MiB, at 0 s. No line holds more or less at the peak by a hundredth "
          + "of it.",
        "What is live at the end rose from 0 B to 20.0 MiB; line 1 of a.py holds 20.0 MiB more.",
        "What is allocated in all fell from 200 MiB to 100 MiB; line 1 of a.py allocates 100 MiB less.",
      ])
  }

  @Test func `the curve before is in it, with its peak`() throws {
    var before = CaptureBuilder.shortJob()
    before.moments = []
    before.moment(1, live: 5 * mib)
    before.moment(9, live: 6 * mib, highest: before.header.peak)
    let data = PageData(PageSubject(try DifferenceView(before, .laterShortJob())))
    let moments = try #require(data.momentsBefore)
    #expect(moments.milliseconds == [1000, Double(before.header.peakMoment) / 1e6, 9000])
    #expect(moments.highest == [5 * mib, before.header.peak, 6 * mib].map(Double.init))
    let json = PageDocument(data).text.filter { !$0.isWhitespace }
    #expect(json.contains("\"kind\":\"difference\"") && json.contains("\"title\":\"old.peakline\""))
  }

  @Test func `names of either cannot end a script too early`() throws {
    func job(_ name: String) -> CaptureBuilder {
      var builder = CaptureBuilder(command: "python </script><script>alert(1)</script>.py")
      let main = builder.thread("</script>", 1)
      builder.holds(builder.calls(main, "\(name) <!--.py:1"), atPeak: 7 * mib)
      builder.source("<!--.py", 1, "'</script>'  # \(name)")
      builder.header.peak = 7 * mib
      return builder
    }
    let page = CapturePage.html(try DifferenceView(job("</script>old"), job("</script>new")))
    let json = try #require(page.split(separator: "id=\"report\">").last)
    let text = json.prefix { $0 != "<" }
    #expect(text.contains("\\u003c/script>old") && text.contains("\\u003c/script>new"))
    #expect(json.dropFirst(text.count).hasPrefix("</script>"))
  }
}

/// The columns of a page, by the names of its places.
private struct PageTable {
  /// Of each place.
  private(set) var names: [String] = []
  private var placeOfNode: [Int] = []
  private var numbers: [String: [Double]] = [:]

  init(_ data: PageData) {
    let places = data.places
    for (index, kind) in places.kinds.enumerated() {
      guard kind == 2 else {
        names.append("\(kind)")
        continue
      }
      let file = places.fileList[Int(places.files[index])]
      names.append(
        "\(file.name):\(places.lines[index]) \(places.functionNames[Int(places.functions[index])])"
          + (file.isFormer ? " (gone)" : ""))
    }
    placeOfNode = places.placeOfNode.map(Int.init)
    var start = 0
    for column in data.columns.columns {
      if column.type == "f64" {
        numbers[column.name] = (0..<column.count).map { index in
          let bytes = data.columns.bytes[(start + index * 8)..<(start + index * 8 + 8)]
          return Double(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
      }
      start += (column.count * (column.type == "f64" ? 8 : 4) + 7) / 8 * 8
    }
  }

  func name(_ place: Place, isGone: Bool) -> String {
    switch place {
    case .line(let file, let line, let function):
      "\(file):\(line) \(function)" + (isGone ? " (gone)" : "")
    case .outside: "3"
    case .hidden: "4"
    case .unknown: "5"
    default: "0"
    }
  }

  func sum(_ column: String, of name: String? = nil) -> Double {
    let numbers = numbers[column] ?? []
    return numbers.indices.reduce(0) { sum, node in
      name == nil || names[placeOfNode[node]] == name ? sum + numbers[node] : sum
    }
  }
}
