// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Testing

@testable import Reports

/// What the live view shows, to the cell.
@Suite struct LiveScreenTests {
  private static let sizes = [(20, 5), (40, 12), (80, 24), (130, 40)]

  private static func golden(_ model: LiveModel) -> String {
    model.screen().map { $0 + "\n" }.joined()
  }

  @Test(arguments: sizes.map(\.0), [true, false])
  func `the screen looks the same as ever`(columns: Int, isSampled: Bool) throws {
    let rows = try #require(Self.sizes.first { $0.0 == columns }?.1)
    let look =
      isSampled
      ? try LiveLook(.nightJob(), elapsed: 11_600) : try LiveLook(.shortJob(), elapsed: 6)
    let name = "live-\(isSampled ? "sampled" : "exact")-\(columns)"
    try expectGolden(name, Self.golden(LiveModel(look, columns, rows)))
  }

  @Test func `in colour and in ASCII, too`() throws {
    let look = try LiveLook(.nightJob(), elapsed: 11_600, note: "There are 2 recordings.")
    let color = Style(color: true, bars: true)
    try expectGolden("live-colour", Self.golden(LiveModel(look, 110, 30, style: color)))
    let ascii = Style(unicode: false)
    try expectGolden("live-ascii", Self.golden(LiveModel(look, 110, 30, style: ascii)))
  }

  @Test(arguments: ["calls", "calls-now", "about", "help", "filter", "typing", "nothing", "paused"])
  func `pages look the same as ever`(name: String) throws {
    var model = LiveModel(try LiveLook(.nightJob(), elapsed: 11_600), 90, 30)
    switch name {
    case "calls": _ = model.press(.enter)
    case "calls-now":
      model.type("1")
      _ = model.press(.enter)
    case "about": model.type("i")
    case "help": model.type("?")
    case "filter":
      model.type("/train")
      _ = model.press(.enter)
    case "typing": model.type("/train")
    case "nothing": model.type("/no such line")
    default: model.type("p")
    }
    try expectGolden("live-\(name)", Self.golden(model))
  }

  @Test(arguments: ["ended", "status", "killed", "stopped", "broken", "deleted"])
  func `how it ended is said`(name: String) throws {
    let endings: [String: Ending] = [
      "ended": .exited(0), "status": .exited(3), "killed": .killed(signal: 9),
      "stopped": .stopped, "broken": .withoutEnd,
    ]
    let trouble = name == "deleted" ? "a.peakline was deleted: these are the last figures." : nil
    let look = try LiveLook(
      .shortJob(), ending: endings[name] ?? .running, elapsed: 0, trouble: trouble)
    try expectGolden("live-\(name)", Self.golden(LiveModel(look, 80, 16)))
  }

  @Test func `a snapshot is the whole of it as text`() throws {
    let look = try LiveLook(.nightJob(), elapsed: 11_600)
    for (name, style) in [
      ("plain", Style()), ("terminal", Style(width: 120, color: true, bars: true)),
    ] {
      try expectGolden(
        "live-snapshot-\(name)", LiveSnapshot.text(look, sort: .now, filter: "", style: style))
    }
  }

  @Test(arguments: [true, false])
  func `no row is too long, whatever the size`(isSampled: Bool) throws {
    let look =
      isSampled
      ? try LiveLook(.nightJob(), ending: .killed(signal: 9), elapsed: 11_600)
      : try LiveLook(.shortJob(), note: "There are 2 recordings; this is the newest, a.peakline.")
    for columns in [1, 20, 33, 80, 121, 300] {
      for rows in [1, 4, 5, 8, 16, 80] {
        for style in [Style(color: true, bars: true), Style(unicode: false)] {
          for page in ["", "i", "?", "/job", "s", "ss"] {
            var model = LiveModel(look, columns, rows, style: style)
            model.type(page)
            let screen = model.screen()
            #expect(screen.count == rows)
            // What is as narrow as a word has the words of help and sentences cut by the terminal.
            guard columns >= 20, page != "i", page != "?" else { continue }
            let widest = screen.map { DisplayWidth.of(plain($0)) }.max() ?? 0
            #expect(widest <= columns, "\(columns)×\(rows) \(page): \(screen)")
          }
        }
      }
    }
  }

  @Test func `colour changes nothing but the colour`() throws {
    let look = try LiveLook(.nightJob(), elapsed: 11_600)
    for page in ["", "i", "?", "/job"] {
      var colored = LiveModel(look, 110, 30, style: Style(color: true, bars: true))
      var without = LiveModel(look, 110, 30)
      colored.type(page)
      without.type(page)
      let rows = colored.screen()
      #expect(rows.contains { $0.contains("\u{1B}[") })
      // The selected row is inverse up to the edge.
      func trimmed(_ row: String) -> String { String(row.reversed().drop { $0 == " " }.reversed()) }
      #expect(rows.map { trimmed(plain($0)) } == without.screen().map(trimmed))
    }
  }

  @Test func `with ASCII alone there is nothing else`() throws {
    var model = LiveModel(try LiveLook(.shortJob()), 100, 30, style: Style(unicode: false))
    for page in ["", "i", "^?", "^/job", "^/no"] {
      model.type(page)
      for row in model.screen() { #expect(row.utf8.allSatisfy { $0 < 0x80 }, "\(row)") }
    }
  }

  @Test func `names and sources cannot steer the terminal`() throws {
    var builder = CaptureBuilder(command: "python \u{1B}[2J\u{9B}31m\n\r\u{202E}x")
    let main = builder.thread("\u{1B}]0;title\u{7}", 1)
    let file = "/home/\u{1B}[?1049l\n.py"
    let stack = builder.stack(below: main, builder.function("f\u{1B}c\u{8}", file), line: 3)
    builder.holds(stack, atPeak: 10 << 20, live: 10 << 20)
    builder.source(file, 3, "x = '\u{1B}[5m\u{0}\u{9D}'")
    builder.header.peak = 10 << 20
    let look = try LiveLook(builder, note: "also \u{1B}[1m")
    var model = LiveModel(look, 120, 30)
    for page in ["", "i", "^\u{1B}", "^/\u{7}\u{1B}[2J"] {
      model.type(page)
      if page == "^\u{1B}" { _ = model.press(.enter) }
      for row in model.screen() {
        let isSafe = row.unicodeScalars.allSatisfy { scalar in
          scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value) && scalar != "\u{202E}"
        }
        #expect(isSafe, "\(row.debugDescription)")
      }
    }
  }

  @Test func `a picture shows where most was, and that it goes on`() throws {
    var builder = CaptureBuilder.shortJob()
    builder.header.lastMoment = 5_000_000_000
    let look = try LiveLook(builder, elapsed: 10)
    let rows = LiveCurve(look, Style(width: 50, bars: true, unicode: false)).rows(2)
    // 40 columns for 10 s: the peak is at 2.5 s, from 5 s on there are 45 of 100 MiB.
    let upper = Array(rows[0].dropFirst(10))
    let lower = Array(rows[1].dropFirst(10))
    #expect(upper.count == 40 && lower.count == 40)
    #expect(upper[10] == ":")
    #expect(lower[20...].allSatisfy { $0 == lower[39] && $0 != " " })
    #expect(upper[24...].allSatisfy { $0 == " " })
  }
}
