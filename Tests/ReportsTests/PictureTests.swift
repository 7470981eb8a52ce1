// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// The pictures in a report: bars, curves, and what is left of them where they are taken away.
@Suite struct PictureTests {
  @Test func `bars have one scale, from an axis to the right, and to the left what was given back`()
    throws
  {
    let html = try html(
      function(.ran(2, adds: 40 * mib, peak: 60 * mib), .ran(3, adds: -20 * mib), .ran(4, adds: 1)))
    #expect(html.contains("--pk-axis:2.00em"))
    let body = try #require(html.split(separator: "<tbody>").last)
    let bars = body.matches(of: #/width:([0-9.]+)em(;border-bottom|;height:0.6em;border[^:]*)?/#)
      .map { "\($0.output.1)\($0.output.2 ?? "")" }
    #expect(
      bars == [
        "2.00", "4.00;border-bottom", "2.00;height:0.6em;border-right", "2.00;height:0.6em;border",
      ])
  }

  @Test func `the line that the sentence is about is marked, and no other`() throws {
    let straight = function(.ran(2, adds: 90 * mib), .ran(3, adds: mib))
    #expect(try html(straight).ranges(of: "pk-mark ").count == 1)
    let loop = function(.ran(2, times: 3, adds: mib), .ran(3, times: 3, adds: 9 * mib))
    let row = try #require(try html(loop).firstMatch(of: #/<tr class="pk-mark [^>]*>.*?<\/th>/#))
    #expect(row.output.contains(">3</th>"))
    #expect(!(try html(function(.ran(2, adds: 1))).contains("class=\"pk-mark")))
  }

  @Test func `a curve goes from line to line, and its words say how high`() throws {
    var lines = [Line.ran(2, adds: 30 * mib), .ran(3, peak: 10 * mib), .ran(4, adds: -20 * mib)]
    for (index, usage) in [30, 30, 10].enumerated() { lines[index].usage = usage * mib }
    let html = try html(function(lines[0], lines[1], lines[2]))
    // Four stretches of 150; 40 MiB are 60 high, from 62 upwards.
    #expect(html.contains("d=\"M0.0 62.0L150.0 62.0L300.0 17.0L450.0 17.0L600.0 47.0\""))
    #expect(html.contains("d=\"M300.0 17.0L375.0 2.0L450.0 17.0Z\""))
    let words = "The heap above the start, from line 1 to line 4: at most 40.0 MiB, in line 3"
    #expect(html.contains("role=\"img\" aria-label=\"\(words) (shaded: line 2).\""))
    #expect(try Page(html).text.contains(words))
    // Of a loop no order is known, so that peaks have no place in it.
    lines[0].occurrences = 2
    let loop = try self.html(function(lines[0], lines[1], lines[2]))
    #expect(!loop.contains("pk-passing\""))
    #expect(loop.contains("after each line from 1 to 4: at most 30.0 MiB, after line 2"))
    #expect(!(try self.html(function(.ran(2, adds: mib))).contains("<svg")))
  }

  @Test func `a curve of many lines is drawn in groups and loses no extreme`() throws {
    let lines = (1...5000).map { number in
      var line = Line.ran(number, adds: number == 3333 ? 8 * mib : 0)
      line.usage = number == 3333 ? 8 * mib : 0
      return line
    }
    let many = Function(
      file: "a.py", name: "<module>", firstLine: 1, lines: lines, baseline: 0, note: nil)
    let html = try html(many)
    #expect(html.contains("at most 8.00 MiB, in line 3333"))
    let path = try #require(html.firstMatch(of: #/pk-usage" d="([^"]*)"/#)?.output.1)
    #expect(path.split(separator: "L").count <= 301)
    let peaks = try #require(html.firstMatch(of: #/pk-passing" d="([^"]*)"/#)?.output.1)
    #expect(peaks.contains(" 2.0L"))
  }

  @Test func `a bar is a median, with a whisker over the runs and a mark of what was kept`() throws
  {
    let runs = [40, 50, 100].map { own in
      Comparison.Run(
        ownPeak: own * mib, retained: 25 * mib, allocated: mib, allocations: 1, seconds: 1)
    }
    let comparison = Comparison(
      python: "3", caveats: [],
      alternatives: [Comparison.Alternative(name: "<a>", error: nil, runs: runs)])
    let html = fragment(try comparison.html(.usual, style: Style())).html
    // 118 units are the 100 MiB of the highest run.
    #expect(
      html.contains("<rect class=\"pk-median pk-plain-bar\" x=\"0.0\" y=\"3.0\" width=\"59.0\""))
    #expect(html.contains("class=\"pk-whisker\" d=\"M47.2 7.0L118.0 7.0M"))
    #expect(html.contains("<rect class=\"pk-kept\" x=\"28.5\""))
  }

  @Test func `where nobody needs least, that is what is said first`() throws {
    let page = try Page(Report.html(json: try fixture("comparison")))
    #expect(
      page.text.contains(
        "At the peak the runs of numpy and generator overlap: no winner can be named; lists needs "
          + "7.72\u{D7} as much."))
  }

  @Test func `curves of alternatives lie over each other on one scale`() throws {
    let html = try Report.html(json: try fixture("comparison-lines"))
    #expect(html.ranges(of: "class=\"pk-curve-1\"").count == 1)
    #expect(html.contains("stroke-dasharray=\"7 4\""))
    let page = try Page(html)
    #expect(page.text.contains("lists (solid), arrays (dashed)."))
  }

  @Test func `hostile names stay within what pictures are called`() throws {
    let nasty = "\"></svg><script>alert(1)</script>\u{1B}[2J"
    let alternatives = ["a" + nasty, "b" + nasty].map { name in
      let lines = function(
        .ran(2, adds: 30 * mib, seconds: 1), .ran(3, adds: mib, seconds: 1), name: nasty)
      let profile = LineProfile(backend: "heap", python: "3", caveats: [], functions: [lines])
      return Comparison.Alternative(name: name, error: nil, runs: [], lines: profile)
    }
    let comparison = Comparison(python: "3", caveats: [], alternatives: alternatives)
    let html = fragment(try comparison.html(.usual, style: Style())).html
    #expect(html.contains("class=\"pk-curve-2\""))
    let page = try Page(html)
    #expect(page.complaints == [])
    #expect(!page.elements.contains("script"))
    #expect(!html.contains("\u{1B}") && !html.contains("&#x1b;"))
    for tag in page.tags { #expect(tag.count { $0 == "\"" }.isMultiple(of: 2)) }
  }

  /// Where a viewer takes pictures and styles away, what is left are sentences and a table.
  @Test(arguments: ["heap", "rss", "comparison", "comparison-lines"])
  func `pictures hold no text, and are said in words or figures beside them`(kind: String) throws {
    let html = try Report.html(json: try fixture(kind))
    #expect(html.contains("<svg"))
    for picture in html.matches(of: #/<svg[^>]*>(.*?)<\/svg>/#) {
      #expect(!picture.output.1.replacing(#/<[^>]*>/#, with: "").contains(#/\S/#))
      #expect(
        picture.output.0.contains(
          #/^<svg[^>]* (role="img" aria-label="[^"]+"|aria-hidden="true") /#))
    }
  }

  private func html(_ function: Function) throws -> String {
    let profile = LineProfile(backend: "heap", python: "3", caveats: [], functions: [function])
    return fragment(try profile.html(.usual, style: Style())).html
  }
}
