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
    #expect(page.rows[2] == ["2", "", "", "", "", "", "", "", "    # nothing"])
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
      for match in css.matches(of: #/var\((--pk-[a-z-]+)\)/#)
      where match.output.1 != "--pk-axis" {
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
