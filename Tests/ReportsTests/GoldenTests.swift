// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// Whole reports, to the byte.
///
/// The fixtures have every kind of row: negative, zero, not run, of a function that calls itself,
/// with wide characters and with controls in the text.
@Suite struct GoldenTests {
  private static let styles: [(name: String, style: Style)] = [
    ("plain", Style()),
    ("terminal", Style(width: 130, color: true, bars: true)),
    ("without-color", Style(width: 130, bars: true)),
    ("80-cells", Style(width: 80, bars: true)),
    ("40-cells", Style(width: 40, bars: true)),
    ("ascii", Style(width: 130, bars: true, unicode: false)),
    ("precision-3", Style(precision: 3)),
  ]

  @Test(arguments: ["heap", "rss", "comparison", "tests"], styles.map(\.name))
  func `a report looks the same as ever`(kind: String, name: String) throws {
    let style = try #require(Self.styles.first { $0.name == name }?.style)
    let text = try Report.text(json: try fixture(kind), style: style)
    try expectGolden("\(kind)-\(name)", text)
  }

  @Test(arguments: ["plain", "terminal"])
  func `lines of alternatives stand below each other`(name: String) throws {
    let style = try #require(Self.styles.first { $0.name == name }?.style)
    let text = try Report.text(json: try fixture("comparison-lines"), style: style)
    try expectGolden("comparison-lines-\(name)", text)
  }

  @Test func `all columns are there when all are asked for`() throws {
    let text = try Report.text(json: try fixture("heap"), columns: .all, style: Style())
    try expectGolden("heap-all-columns", text)
  }

  @Test func `the help of the columns fits eighty cells`() throws {
    let help = Column.help(width: 76)
    try expectGolden("columns-help", help + "\n")
    #expect(help.split(separator: "\n").allSatisfy { $0.count <= 76 })
  }

  @Test(arguments: ["heap", "rss", "comparison", "tests"], [20, 33, 48, 64, 80, 100, 121, 200])
  func `no row is wider than the terminal`(kind: String, width: Int) throws {
    let style = Style(width: width, bars: true)
    let text = try Report.text(json: try fixture(kind), style: style)
    for row in text.split(separator: "\n") {
      // A word is never broken; only a path is longer than the narrowest terminal.
      let longest = row.split(separator: " ").map { DisplayWidth.of(String($0)) }.max() ?? 0
      #expect(DisplayWidth.of(String(row)) <= max(width, longest), "\(row)")
    }
  }

  @Test func `colour changes nothing but the colour`() throws {
    for kind in ["heap", "rss", "comparison", "tests"] {
      let json = try fixture(kind)
      let plain = try Report.text(json: json, style: Style(width: 110, bars: true))
      let colored = try Report.text(json: json, style: Style(width: 110, color: true, bars: true))
      #expect(colored.contains("\u{1B}["))
      #expect(colored.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
    }
  }
}
