// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import MemorySeries
import Testing

@testable import Reports

@Suite struct PlotTests {
  /// A staircase of 10 s: 10 MiB more each second, and all of it gone in the end.
  private static let staircase =
    "CMDLINE python stairs.py\n"
    + (0..<100).map { "MEM \(10 + $0 / 10 * 10).000000 \(1000 + Double($0) / 10)000\n" }.joined()
    + "MEM 5.000000 1010.0000\n"
  private static let calls = """
    FUNC __main__.load 10.0000 1000.5000 50.0000 1004.2000 0
    FUNC __main__.parse 20.0000 1001.5000 30.0000 1002.5000 1
    FUNC other.parse 60.0000 1006.0000 90.0000 1009.0000 0
    MARK 70.0000 1007.0000 the <middle> & more

    """
  private static let children = (0..<60).map { index in
    "CHLD 41 \(index % 7 * 10).000000 \(1002 + Double(index) / 10)000\n"
      + "CHLD 42 25.000000 \(1002 + Double(index) / 10)000\n"
  }.joined()

  private func plot(
    _ texts: String..., choice: (inout Plot.Choice) -> Void = { _ in }
  ) -> Plot {
    var chosen = Plot.Choice()
    choice(&chosen)
    var rest = texts[...]
    return Plot(files: texts.indices.map { "run\($0).dat" }, choice: chosen) { _ in
      MemorySeries(text: Array((rest.popFirst() ?? "").utf8))
    }
  }

  private let plain = Style(width: 72)
  private let colored = Style(width: 72, color: true)

  // MARK: - What is drawn

  @Test func `a plot knows its peak and its end`() {
    let plot = plot(Self.staircase)
    #expect(plot.runs[0].peak == Plot.Point(time: 9, mebibytes: 100))
    #expect(plot.runs[0].end == 10)
    #expect(plot.heading == "python stairs.py")
    #expect(plot.highest(withChildren: true) == 100)
    #expect(plot.sentences() == ["peak 100 MiB at 9.00 s of 10.0 s"])
  }

  @Test func `functions are called by the shortest end of their names that is no other's`() {
    let spans = plot(Self.staircase + Self.calls).runs[0].spans
    #expect(spans.map(\.name) == ["load", "__main__.parse", "other.parse", "the <middle> & more"])
    #expect(spans.map(\.level) == [0, 1, 0, 0])
    #expect(plot(Self.staircase + Self.calls) { $0.showsSpans = false }.runs[0].spans.isEmpty)
  }

  @Test func `the slope is that of the least squares`() throws {
    let line = (0..<50).map { "MEM \(3 + Double($0) * 0.25) \(1000 + $0).0000\n" }.joined()
    let slope = try #require(plot(line) { $0.showsSlope = true }.runs[0].slope)
    #expect(abs(slope.perSecond - 0.25) < 1e-12)
    #expect(abs(slope.offset - 3) < 1e-9)
    #expect(plot("MEM 1.0 5.0000\nMEM 2.0 5.0000\n") { $0.showsSlope = true }.runs[0].slope == nil)
  }

  @Test func `too many children are named as left out`() {
    let many = (0..<150).map { "CHLD \($0) \($0 + 1).0 1001.0000\n" }.joined()
    let run = plot(Self.staircase + many).runs[0]
    #expect(run.children.count == 100)
    #expect(run.children[0].name == "child 149")
    #expect(run.hiddenChildren == 50)
  }

  // MARK: - In a terminal

  @Test func `a staircase looks like one`() throws {
    try expectGolden("plot-stairs", plot(Self.staircase + Self.calls).text(style: plain, rows: 10))
    try expectGolden(
      "plot-stairs-ascii",
      plot(Self.staircase + Self.calls).text(style: Style(width: 72, unicode: false), rows: 10))
    try expectGolden(
      "plot-flame",
      plot(Self.staircase + Self.calls) { $0.isFlame = true }.text(style: plain, rows: 8))
    try expectGolden(
      "plot-window",
      plot(Self.staircase + Self.calls) { $0.window = 2.5...4.5 }
        .text(style: plain, rows: 8))
    try expectGolden(
      "plot-children", plot(Self.staircase + Self.children).text(style: colored, rows: 10))
    try expectGolden(
      "plot-two",
      plot(Self.staircase, Self.children + Self.staircase) { $0.showsSlope = true }
        .text(style: plain, rows: 6))
  }

  @Test(arguments: [20, 30, 40, 72, 132, 200])
  func `no row is wider than the terminal`(width: Int) {
    let many = (0..<120).map { "CHLD \($0) \($0).0 1002.0000\n" }.joined()
    for unicode in [true, false] {
      let long =
        Self.staircase + Self.calls
        + many + "FUNC \(String(repeating: "名前", count: 40)) 1.0000 1000.0000 2.0000 1001.0000 0\n"
      let text = plot(long).text(style: Style(width: width, unicode: unicode))
      for row in text.split(separator: "\n") {
        #expect(DisplayWidth.of(String(row)) <= width, "\(row)")
      }
    }
  }

  @Test func `in ASCII there is nothing else`() {
    let text = plot(Self.staircase + Self.calls).text(style: Style(width: 60, unicode: false))
    #expect(text.utf8.allSatisfy { $0 < 0x80 })
  }

  // MARK: - As a page and a picture

  @Test func `names are text wherever they stand`() {
    let hostile = "</script><img src=x onerror=alert(1)> & \"quotes\""
    let text = "CMDLINE \(hostile)\nMARK 1.0 1000.0000 \(hostile)\n" + Self.staircase
    for markup in [
      plot(text) { $0.title = hostile }.page(), plot(text) { $0.title = hostile }.svg(),
      plot(text).page(), plot(text).fragment(),
    ] {
      #expect(!markup.contains("<img src=x"))
      #expect(markup.components(of: "</script>") <= 2)
    }
  }

  @Test func `the page has every point that is drawn`() throws {
    let page = plot(Self.staircase).page()
    #expect(page.contains(#""times": [0,1000,1000"#))
    #expect(page.contains("prefers-color-scheme"))
    // That of SVG's name space.
    #expect(page.components(of: "http://") == 1)
  }

  @Test func `the page of millions of samples is small and keeps the peak`() {
    var text = ""
    for index in 0..<200_000 {
      text += "MEM \(index % 1000).\(index % 10) \(1000 + index / 10).\(index % 10)000\n"
    }
    text += "MEM 4321.5 15000.05\n"
    let calls = (0..<20_000).map {
      "FUNC a.f\($0 % 50) 1.0000 \(1000 + $0).0000 2.0000 \(1000 + $0).5000 0\n"
    }.joined()
    let plot = plot(text + calls)
    #expect(plot.runs[0].peak.mebibytes == 4321.5)
    #expect(plot.runs[0].program.points.contains { $0.mebibytes == 4321.5 })
    #expect(plot.runs[0].hiddenSpans == 16_000)
    #expect(plot.page().utf8.count < 1_000_000)
  }

  // MARK: - Windows, and what is odd

  @Test func `a line goes to the edges of a window as it would go on`() {
    let plot = plot("MEM 10.0 1000.0000\nMEM 20.0 1010.0000\nMEM 50.0 1020.0000\n") {
      $0.window = 4...15
    }
    let line = plot.runs[0].program.line(in: plot.window)
    #expect(line.map(\.time) == [4, 10, 15])
    #expect(line.map(\.mebibytes) == [14, 20, 35])
    #expect(plot.highest(withChildren: true) == 35)
    let between = self.plot("MEM 10.0 1000.0000\nMEM 20.0 1010.0000\n") { $0.window = 4...5 }
    #expect(between.runs[0].program.line(in: between.window).map(\.mebibytes) == [14, 15])
    #expect(between.svg().contains("14"))
  }

  @Test func `a run begins and ends with whatever is known of it`() {
    let text = "MEM 5.0 1002.0000\nMEM 5.0 1003.0000\nCHLD 7 77.0 1001.0000\n" + Self.calls
    for plot in [plot(text), plot(text) { $0.showsSpans = false }] {
      #expect(plot.runs[0].start == 1000.5)
      #expect(plot.runs[0].end == 8.5)
      #expect(plot.highest(withChildren: true) == 77)
    }
  }

  @Test func `curves that are not drawn do not stretch the axis`() {
    let text = "MEM 10.0 1000.0000\nMEM 10.0 1010.0000\nCHLD 7 500.0 1001.0000\n"
    #expect(!plot(text).text(style: plain).contains("\n500 "))
    #expect(plot(text).text(style: plain).contains("peak 500 MiB"))
    #expect(plot(text).text(style: colored).contains("400 ┤"))
    #expect(!plot(text, text).svg().contains(">400<"))
    #expect(plot(text).svg().contains(">400<"))
  }

  @Test func `a slope that leaves the picture keeps its direction`() throws {
    let text = "MEM 0.0 1000.0000\nMEM 0.0 1005.0000\nMEM 90.0 1010.0000\n"
    let plot = plot(text) { $0.showsSlope = true }
    let slope = try #require(plot.runs[0].slope)
    #expect(slope.offset < 0)
    // Its beginning lies below the axis, at 398.
    let path = try #require(plot.svg().firstMatch(of: /slope" d="M64.0 ([\d.]+)L/))
    #expect(Double(path.1) ?? 0 > 420)
  }

  @Test func `a lone sample is drawn as a dot`() {
    let svg = plot("MEM 5.0 1000.0000\nMEM 5.0 1003.0000\nCHLD 7 77.0 1001.0000\n").svg()
    #expect(svg.contains("stroke-linecap:round"))
    #expect(!svg.matches(of: /class="curve c1 " d="M([\d. ]+)L\1"/).isEmpty)
  }

  @Test func `hidden calls are counted by their names`() {
    let calls = (0..<9000).map { "FUNC m.f\($0) 1.0 1000.0000 2.0 1000.\(5000 - $0 % 4000) 0\n" }
    let text = plot(Self.staircase + calls.joined()).text(style: plain)
    #expect(text.contains("and 8,992 more, which ran for less"))
  }

  @Test func `a name of nothing but dots takes no time`() {
    let name = String(repeating: ".", count: 200_000)
    let plot = plot(Self.staircase + "FUNC \(name) 1.0 1000.0 2.0 1001.0 0\n")
    #expect(plot.page().utf8.count < 100_000)
  }

  @Test func `whatever a recording holds it is drawn without a fault`() {
    var state: UInt64 = 20
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    let figures = ["0.0", "-5.0", "1e11", "-1e11", "0.0000001", "50.5", "1e300", "nan", "5000.25"]
    let times = ["1000.0000", "1000.5000", "1001.0000", "1e11", "-1e11", "0.0", "1000.0001"]
    for _ in 0..<400 {
      var text = ""
      for _ in 0..<random(12) {
        let (figure, time) = (figures[random(9)], times[random(7)])
        let (later, level) = (times[random(7)], random(3) == 0 ? 99_999 : random(4))
        switch random(4) {
        case 0: text += "CHLD \(random(3)) \(figure) \(time)\n"
        case 1: text += "FUNC f.g\(random(3)) \(figure) \(time) 1.0 \(later) \(level)\n"
        default: text += "MEM \(figure) \(time)\n"
        }
      }
      let plot = plot(text) { choice in
        choice.isFlame = random(2) == 0
        choice.showsSlope = random(2) == 0
        if random(2) == 0 {
          let from = [-1e11, 0, 0.25, 5, 1e10][random(5)]
          choice.window = from...(from + [1e-6, 0.5, 1e11][random(3)])
        }
      }
      for style in [colored, plain, Style(width: 20, unicode: false)] {
        #expect(!plot.text(style: style).isEmpty)
      }
      let svg = plot.svg()
      #expect(svg.matches(of: /="[^"]*\b(inf|nan)\b/).isEmpty, "\(text)")
      #expect(plot.page().contains("</html>"))
    }
  }
}

extension String {
  /// How often a text is in this one.
  fileprivate func components(of part: String) -> Int {
    self.split(separator: part, omittingEmptySubsequences: false).count - 1
  }
}
