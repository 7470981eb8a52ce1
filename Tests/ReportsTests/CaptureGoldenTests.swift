// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import FoundationEssentials
import Testing

@testable import Reports

/// Whole reports of captures, to the byte.
@Suite struct CaptureGoldenTests {
  private static let styles: [(name: String, style: Style)] = [
    ("plain", Style()),
    ("terminal", Style(width: 130, color: true, bars: true)),
    ("80-cells", Style(width: 80, bars: true)),
    ("40-cells", Style(width: 40, bars: true)),
    ("ascii", Style(width: 110, bars: true, unicode: false)),
  ]

  @Test(arguments: CaptureReport.all.map(\.name), styles.map(\.name))
  func `a report of a capture looks the same as ever`(kind: String, name: String) throws {
    let report = try #require(CaptureReport.all.first { $0.name == kind }?.report)
    let style = try #require(Self.styles.first { $0.name == name }?.style)
    let view = try CaptureView(.nightJob(), report.when)
    try expectGolden("capture-\(kind)-\(name)", report.text(view, style: style))
  }

  @Test(arguments: CaptureReport.all.map(\.name))
  func `its JSON does, too`(kind: String) throws {
    let report = try #require(CaptureReport.all.first { $0.name == kind }?.report)
    let json = report.json(try CaptureView(.shortJob(), report.when))
    #expect((try? WellFormed.check(json)) != nil)
    try expectGolden("capture-\(kind)", json, ending: "json")
  }

  @Test(arguments: CaptureReport.all.map(\.name))
  func `a packed capture gives the same, to the byte`(kind: String) throws {
    let report = try #require(CaptureReport.all.first { $0.name == kind }?.report)
    for builder in [CaptureBuilder.shortJob(), .nightJob()] {
      for when in [report.when, .at(2.5), .window(0.25, 4.5)] {
        let live = try CaptureView(builder, when)
        var capture = try Capture(bytes: try #require(Packing.packed(builder.bytes())))
        #expect(capture.header.isPacked && capture.fileSize < live.capture.fileSize)
        capture.fileSize = live.capture.fileSize
        let packed = try CaptureView(capture, when)
        #expect(report.json(packed) == report.json(live))
        #expect(report.text(packed, style: Style()) == report.text(live, style: Style()))
      }
    }
  }

  @Test(arguments: ["summary", "tree", "callers", "leaks", "stats"], styles.map(\.name))
  func `a report of a tree of processes looks the same as ever`(kind: String, name: String) throws {
    let report = try #require(CaptureReport.all.first { $0.name == kind }?.report)
    let style = try #require(Self.styles.first { $0.name == name }?.style)
    let view = try CaptureView(TreeBuilder.workers().capture(), report.when)
    let text = report.text(view, style: style)
    try expectGolden("processes-\(kind)-\(name)", text)
    for row in text.split(separator: "\n") where style.width != nil && !style.color {
      #expect(DisplayWidth.of(String(row)) <= style.width ?? 0, "\(row)")
    }
  }

  @Test(arguments: ["summary", "tree", "leaks", "stats"])
  func `the JSON of a tree of processes does, too`(kind: String) throws {
    let report = try #require(CaptureReport.all.first { $0.name == kind }?.report)
    let view = try CaptureView(TreeBuilder.workers(interval: 0).capture(), report.when)
    let json = report.json(view)
    #expect((try? WellFormed.check(json)) != nil)
    try expectGolden("processes-\(kind)", json, ending: "json")
  }

  @Test(arguments: ["summary", "lines", "tree"])
  func `moments and windows look the same as ever`(kind: String) throws {
    let report = try #require(CaptureReport.all.first { $0.name == kind }?.report)
    let style = Style(width: 100, bars: true)
    let at = try CaptureView(.shortJob(), .at(2.5))
    try expectGolden("capture-\(kind)-at", report.text(at, style: style))
    let window = try CaptureView(.shortJob(), .window(0.25, 4.5))
    try expectGolden("capture-\(kind)-window", report.text(window, style: style))
  }

  @Test(arguments: CaptureReport.all.map(\.name), [20, 33, 48, 64, 80, 100, 121, 200])
  func `no row is wider than the terminal`(kind: String, width: Int) throws {
    let report = try #require(CaptureReport.all.first { $0.name == kind }?.report)
    let text = report.text(
      try CaptureView(.nightJob(), report.when), style: Style(width: width, bars: true))
    for row in text.split(separator: "\n") {
      let longest = row.split(separator: " ").map { DisplayWidth.of(String($0)) }.max() ?? 0
      #expect(DisplayWidth.of(String(row)) <= max(width, longest + 6), "\(row)")
    }
  }

  @Test(arguments: CaptureReport.all.map(\.name))
  func `colour changes nothing but the colour`(kind: String) throws {
    let report = try #require(CaptureReport.all.first { $0.name == kind }?.report)
    let view = try CaptureView(.nightJob(), report.when)
    let plain = report.text(view, style: Style(width: 110, bars: true))
    let colored = report.text(view, style: Style(width: 110, color: true, bars: true))
    #expect(colored.contains("\u{1B}["))
    #expect(colored.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
  }
}

/// Whether a text is JSON, asked of the decoder.
enum WellFormed {
  private struct Anything: Decodable {}

  static func check(_ text: String) throws {
    _ = try JSONDecoder().decode(Anything.self, from: Data(text.utf8))
  }
}
