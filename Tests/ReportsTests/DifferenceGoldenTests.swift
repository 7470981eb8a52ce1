// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Testing

@testable import Reports

/// Whole reports of differences, to the byte.
@Suite struct DifferenceGoldenTests {
  private static let pairs: [(name: String, before: CaptureBuilder, after: CaptureBuilder)] = [
    ("exact", .shortJob(), .laterShortJob()), ("sampled", .nightJob(), .laterNightJob()),
    ("mixed", .laterNightJob(), .shortJob()),
  ]

  private static let styles: [(name: String, style: Style)] = [
    ("plain", Style()),
    ("terminal", Style(width: 130, color: true, bars: true)),
    ("80-cells", Style(width: 80, bars: true)),
    ("40-cells", Style(width: 40, bars: true)),
    ("ascii", Style(width: 110, bars: true, unicode: false)),
  ]

  private func view(_ name: String, by figure: Figure = .peak) throws -> DifferenceView {
    let pair = try #require(Self.pairs.first { $0.name == name })
    return try DifferenceView(pair.before, pair.after, by: figure)
  }

  @Test(arguments: pairs.map(\.name), styles.map(\.name))
  func `a difference looks the same as ever`(name: String, style: String) throws {
    let shown = try #require(Self.styles.first { $0.name == style }?.style)
    let text = DifferenceReport().text(try view(name), style: shown)
    try expectGolden("difference-\(name)-\(style)", text)
  }

  @Test(arguments: pairs.map(\.name))
  func `its JSON and its Markdown do, too`(name: String) throws {
    let report = DifferenceReport(allowance: .percent(2))
    let json = report.json(try view(name))
    #expect((try? WellFormed.check(json)) != nil)
    try expectGolden("difference-\(name)", json, ending: "json")
    let markdown = report.markdown(try view(name), style: Style())
    try expectGolden("difference-\(name)", markdown, ending: "md")
  }

  @Test(arguments: Figure.allCases)
  func `so does each figure, with all of its stacks`(figure: Figure) throws {
    let report = DifferenceReport(limit: .max, stacks: true, allowance: .amount(1000))
    let text = report.text(try view("sampled", by: figure), style: Style(width: 100, bars: true))
    try expectGolden("difference-\(figure)", text)
  }

  @Test(arguments: pairs.map(\.name), [20, 33, 48, 64, 80, 100, 121, 200])
  func `no row is wider than the terminal`(name: String, width: Int) throws {
    let text = DifferenceReport(stacks: true, allowance: .percent(2)).text(
      try view(name), style: Style(width: width, bars: true))
    for row in text.split(separator: "\n") {
      let longest = row.split(separator: " ").map { DisplayWidth.of(String($0)) }.max() ?? 0
      #expect(DisplayWidth.of(String(row)) <= max(width, longest + 6), "\(row)")
    }
  }

  @Test(arguments: pairs.map(\.name))
  func `colour changes nothing but the colour`(name: String) throws {
    let view = try view(name)
    let plain = DifferenceReport().text(view, style: Style(width: 110, bars: true))
    let colored = DifferenceReport().text(view, style: Style(width: 110, color: true, bars: true))
    #expect(colored.contains("\u{1B}["))
    #expect(colored.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
  }
}
