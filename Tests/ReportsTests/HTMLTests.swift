// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// Reports in HTML: what they hold, that nothing escapes from them, that they can be read.
@Suite struct HTMLTests {
  private static let kinds = ["heap", "rss", "comparison", "comparison-lines"]

  // MARK: - Whole reports

  @Test(arguments: kinds)
  func `a report in HTML looks the same as ever`(kind: String) throws {
    let page = try Page(Report.html(json: try fixture(kind)))
    try expectGolden(kind, page.content, ending: "html")
  }

  @Test func `the style sheet is the same as ever`() throws {
    let page = try Page(Report.html(json: try fixture("rss")))
    try expectGolden("style-sheet", page.css, ending: "css")
  }

  @Test(arguments: kinds)
  func `a report is one element, all in it is closed, and all is ASCII`(kind: String) throws {
    for columns in [ColumnChoice.usual, .these([.code, .line])] {
      let html = try Report.html(json: try fixture(kind), columns: columns)
      #expect(html.hasPrefix("<div class=\"peakline\">"))
      #expect(html.hasSuffix("</div>\n"))
      #expect(html.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) })
      let page = try Page(html)
      #expect(page.roots == 1)
      #expect(page.complaints == [])
      #expect(!page.elements.contains("script"))
      #expect(!page.tags.contains { $0.contains(#/ (id|on[a-z]+|src|href)=/#) })
      #expect(!page.css.contains(#/url\(|@import|http/#))
    }
  }

  @Test func `the style sheet reaches nothing outside`() throws {
    let css = try Page(Report.html(json: try fixture("rss"))).css
    for rule in css.replacing(#/@(media|container)\([^)]*\){/#, with: "").split(separator: "}") {
      for selector in rule.prefix(while: { $0 != "{" }).split(separator: ",") {
        let isOurs = selector.contains("div.peakline")
        #expect(isOurs || selector.allSatisfy(\.isWhitespace), "\(selector)")
      }
    }
  }

  // MARK: - The cells

  /// A cell of HTML holds what the same cell of the text holds: row for row, word for word.
  @Test(arguments: ["heap", "rss"], [nil, 3])
  func `the cells hold what those of the text hold`(kind: String, precision: Int?) throws {
    for columns in [ColumnChoice.usual, .all] {
      let json = try fixture(kind)
      let html = try Page(Report.html(json: json, columns: columns, precision: precision))
      let text = try Report.text(json: json, columns: columns, style: Style(precision: precision))
      let rows = text.split(separator: "\n").map { words(String($0)) }.filter { !$0.isEmpty }
      let cells = html.rows.map { words($0.joined(separator: " ")) }.filter { !$0.isEmpty }
      #expect(cells.count > 5)
      for row in cells { #expect(rows.contains(row), "\(row)") }
    }
  }

  private func words(_ text: String) -> [String] {
    text.split { (character: Character) in character.isWhitespace }.map { String($0) }
  }

  @Test func `a line that did not run has empty cells, and its text is there`() throws {
    let page = try self.page(function(.idle(2, "    # nothing"), .ran(3)))
    #expect(page.rows[2] == ["2", "", "", "", "", "", "", "", "", "    # nothing"])
    #expect(page.rows[3][1] == "0    ")
  }

  @Test func `where the source is not known that is said`() throws {
    let page = try self.page(function(.idle(2, nil)))
    #expect(page.rows[2].last == "<source unavailable>")
  }

  @Test func `a row is as loud as what it costs`() throws {
    let html = try html(
      function(.ran(2, adds: 100 * mib), .ran(3, adds: 20 * mib), .ran(4, adds: -50 * mib)))
    #expect(html.ranges(of: "<tr class=\"pk-mark pk-hot-row\">").count == 1)
    #expect(html.ranges(of: "<tr class=\"pk-warm-row\">").count == 1)
    #expect(html.contains("<td class=\"pk-good\""))
    #expect(html.contains("title=\"-52,428,800 bytes\""))
  }

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
    #expect(path.contains(" 2.0"))
  }

  @Test func `alternatives whose lines are known stand side by side, on one scale`() throws {
    let html = try Report.html(json: try fixture("comparison-lines"))
    #expect(html.ranges(of: "<section>").count == 2)
    #expect(html.contains("Lines of lists") && html.contains("Lines of arrays"))
    let page = try Page(html)
    #expect(page.rows.contains(["Line", "Increment", "Own peak", "", "Code"]))
    // 150 MiB given back and 160 MiB are the most of both; a caveat that both have is said once.
    #expect(html.contains("width:3.87em") && html.contains("width:0.21em"))
    #expect(html.ranges(of: "--pk-axis:3.87em").count == 2)
    #expect(html.ranges(of: "The times include counting the memory.").count == 1)
    #expect(html.contains("NOTE: Only some of it was seen."))
    let chosen = try Report.html(
      json: try fixture("comparison-lines"), columns: .these([.line, .count]))
    #expect(try Page(chosen).rows.contains(["Line", "Count"]))
  }

  @Test func `of what did not run a sentence is left`() throws {
    let nothing = LineProfile(backend: "rss", python: "3", caveats: ["Odd."], functions: [])
    let html = fragment(try nothing.html(.usual, style: Style())).html
    #expect(html.contains("No function ran that was to be measured."))
    #expect(html.contains("NOTE: Odd."))
    let failed = Comparison.Alternative(name: "a", error: "It ended.", runs: [])
    let comparison = Comparison(python: "3", caveats: [], alternatives: [failed])
    let page = try Page(fragment(try comparison.html(.usual, style: Style())).html)
    #expect(page.content.contains("a: It ended."))
    #expect(!page.elements.contains("table"))
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

  @Test func `curves of alternatives lie over each other on one scale`() throws {
    let html = try Report.html(json: try fixture("comparison-lines"))
    #expect(html.ranges(of: "class=\"pk-curve-1\"").count == 1)
    #expect(html.contains("stroke-dasharray=\"7 4\""))
    let page = try Page(html)
    #expect(page.text.contains("lists (solid), arrays (dashed)."))
  }

  // MARK: - Text from outside

  @Test func `no text gets out of its element`() throws {
    let nasty = "</table></style><script>alert('1 & \"2\"')</script>"
    let odd = Function(
      file: nasty, name: nasty, firstLine: 1,
      lines: [.ran(1, nasty), .ran(2, "x = '\(nasty)'")], baseline: 0, note: nasty)
    let profile = LineProfile(backend: nasty, python: "3", caveats: [nasty], functions: [odd])
    let alternative = Comparison.Alternative(name: nasty, error: nasty, runs: [], lines: profile)
    let comparison = Comparison(python: "3", caveats: [nasty], alternatives: [alternative])
    for content in [
      try profile.html(.usual, style: Style()), try comparison.html(.usual, style: Style()),
    ] {
      let page = try Page(fragment(content).html)
      #expect(page.complaints == [])
      #expect(!page.elements.contains("script"))
      #expect(page.text.contains(nasty))
    }
  }

  @Test func `what a page would obey is shown as a mark`() throws {
    let odd = Function(
      file: "a\u{1B}[2J.py", name: "b\u{202E}", firstLine: 1,
      lines: [.ran(1, "\tx = '\u{0}\u{85}\u{2066}\u{2028}'\r")], baseline: 0, note: "c\u{8}d")
    let html = try html(odd)
    #expect(html.contains("a&#xfffd;[2J.py"))
    #expect(html.contains("<strong>b&#xfffd;</strong>"))
    #expect(html.contains("&#39;&#xfffd;&#xfffd;&#xfffd;&#xfffd;&#39;"))
    #expect(html.contains("c&#xfffd;d"))
    #expect(!html.contains("&#x8") && !html.contains("&#x202e") && !html.contains("&#x0"))
  }

  /// Parsers that notebooks pass their outputs through make one of many spaces that stand alone.
  @Test func `no spaces stand alone between elements`() throws {
    let html = try html(function(.ran(2, "    for x in y:  # z"), .ran(3, "  'a'  'b'")))
    #expect(!html.contains(#/>  +</#))
    #expect(html.contains("<span class=\"pk-keyword\">    for</span>"))
  }

  /// Where a viewer takes pictures and styles away, what is left are sentences and a table.
  @Test(arguments: kinds)
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

  // MARK: - Colours and time

  @Test(arguments: [true, false])
  func `all text has enough contrast to all that it may stand on`(isLight: Bool) throws {
    let palette = isLight ? Palette.light : Palette.dark
    // Beside its own, the backgrounds of JupyterLab and of VS Code.
    let around = isLight ? ["#ffffff"] : ["#111111", "#1e1e1e"]
    for background in palette.backgrounds.map(\.color) + around {
      for (name, color) in palette.texts {
        #expect(try contrast(color, background) >= 4.5, "\(name) on \(background)")
      }
      for (name, color) in palette.bars {
        #expect(try contrast(color, background) >= 3, "\(name) on \(background)")
      }
    }
  }

  /// Each colour that a rule names is defined in light and in dark.
  @Test func `every colour that is used is there`() throws {
    let css = StyleSheet.css
    for palette in [Palette.light, .dark] {
      for match in css.matches(of: #/var\((--pk-[a-z-]+)\)/#) {
        #expect(palette.variables().contains("\(match.output.1):#"), "\(match.output.1)")
      }
    }
  }

  @Test func `a table of five thousand lines takes no time`() throws {
    let many = Function(
      file: "a.py", name: "<module>", firstLine: 1,
      lines: (1...5000).map { .ran($0, "    x = f('text', 1)  # \($0)", adds: $0) }, baseline: 0)
    var size = 0
    let took = try ContinuousClock().measure { size = try html(many).utf8.count }
    #expect(size > 1_000_000)
    // Many times what it takes, in a build without optimisation and on a busy machine.
    #expect(took < .seconds(30))
  }

  private func html(_ function: Function) throws -> String {
    let profile = LineProfile(backend: "heap", python: "3", caveats: [], functions: [function])
    return fragment(try profile.html(.usual, style: Style())).html
  }

  private func page(_ function: Function) throws -> Page { try Page(html(function)) }
}

/// A fragment taken apart again, by rules of its own.
private struct Page {
  /// All but the style sheet.
  private(set) var content = ""
  private(set) var css = ""
  private(set) var tags: [String] = []
  private(set) var elements: Set<String> = []
  /// What is not closed, or closed twice.
  private(set) var complaints: [String] = []
  private(set) var roots = 0
  /// The texts of the cells, row by row.
  private(set) var rows: [[String]] = []
  private(set) var text = ""

  init(_ html: String) throws {
    let start = try #require(html.firstRange(of: "<style>"))
    let end = try #require(html.firstRange(of: "</style>"))
    css = String(html[start.upperBound..<end.lowerBound])
    content = String(html[..<start.lowerBound] + html[end.upperBound...])
    var open: [String] = []
    for part in content.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
      let pieces = part.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
      guard pieces.count == 2 else {
        complaints.append("no end: \(part)")
        continue
      }
      let name = String(pieces[0].prefix { $0 != " " })
      if name.hasPrefix("/") {
        if open.popLast() != String(name.dropFirst()) { complaints.append(name) }
      } else {
        tags.append(String(pieces[0]))
        elements.insert(name)
        if open.isEmpty { roots += 1 }
        open.append(name)
        if name == "tr" { rows.append([]) }
        if name == "td" || name == "th" { rows[rows.count - 1].append("") }
      }
      let plain = Self.unescaped(String(pieces[1]))
      text += plain
      if open.contains("td") || open.contains("th"), let row = rows.indices.last {
        rows[row][rows[row].count - 1] += plain
      }
    }
    complaints += open
  }

  private static func unescaped(_ text: String) -> String {
    text.replacing(#/&#x([0-9a-f]+);/#) { match in
      let scalar = UInt32(match.output.1, radix: 16).flatMap(Unicode.Scalar.init)
      return String(scalar ?? "\u{FFFD}")
    }
    .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
    .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
  }
}

/// The ratio of luminances of two colours, as WCAG 2 defines it.
private func contrast(_ one: String, _ other: String) throws -> Double {
  func luminance(_ color: String) throws -> Double {
    let number = try #require(UInt32(color.dropFirst(), radix: 16))
    let channels = [16, 8, 0].map { shift -> Double in
      let value = Double(number >> UInt32(shift) & 0xFF) / 255
      return value <= 0.04045 ? value / 12.92 : power((value + 0.055) / 1.055)
    }
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
  }
  let values = [try luminance(one), try luminance(other)]
  return ((values.max() ?? 0) + 0.05) / ((values.min() ?? 0) + 0.05)
}

/// `base` to the power of 2.4, by Newton's way to the fifth root of its square.
private func power(_ base: Double) -> Double {
  var root = 1.0
  for _ in 0..<60 { root = (4 * root + base * base / (root * root * root * root)) / 5 }
  return base * base * root
}
