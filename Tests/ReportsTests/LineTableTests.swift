// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// The table of lines: what is in which cell, and what gives way where there is no room.
@Suite struct LineTableTests {
  private func sum(_ function: Function, _ columns: [Column]) throws -> String? {
    try rows(function, .these(columns)).first { $0.hasPrefix(" Sum") }
  }

  @Test func `a line that did not run has no figures, and zero is a figure`() throws {
    let table = try rows(
      function(.ran(2, "a = 1"), .idle(3, "    b = 2")), .these([.line, .count]))
    #expect(
      table.suffix(5).map { $0.filter { $0 != " " } }
        == ["10", "20", "3", "────", "Sum0"].map {
          $0 == "────" ? String(repeating: "─", count: 11) : $0
        })
  }

  @Test func `sums add the lines up, and the peak is that of the whole call`() throws {
    let straight = function(
      .ran(2, adds: 3 * mib, peak: 4 * mib, seconds: 1), .ran(3, adds: -mib, seconds: 0.5),
      .ran(4, adds: 0, peak: 5 * mib))
    #expect(try sum(straight, [.line, .increment, .ownPeak]) == " Sum   2.00 MiB  7.00 MiB")
    #expect(try sum(straight, [.line, .time]) == " Sum  1.50 s")
  }

  @Test func `where lines ran more than once there is no peak of the whole`() throws {
    let loop = function(.ran(2, times: 2, adds: 3 * mib), .ran(3, adds: mib))
    #expect(try sum(loop, [.line, .increment, .ownPeak]) == " Sum   4.00 MiB")
  }

  @Test func `a function that calls itself has no sum, and the reason is told`() throws {
    let recursive = function(
      .ran(2, "    return other(n - 1)", times: 3, adds: mib), calls: 3, recursive: true)
    #expect(try sum(recursive, [.line, .increment]) == nil)
    #expect(try rows(recursive).contains { $0.hasPrefix("It calls itself") })
  }

  /// A method of another kind may have the same name; a document of before does not say.
  @Test(arguments: [false, nil])
  func `what only looks as if it called itself has a sum`(recursive: Bool?) throws {
    let other = function(
      .ran(2, "    return self.inner.work(n - 1)", times: 3, adds: mib), calls: 3,
      recursive: recursive)
    #expect(try sum(other, [.line, .increment]) == " Sum   1.00 MiB")
    #expect(try !rows(other).contains { $0.hasPrefix("It calls itself") })
  }

  @Test func `usage and what other threads did have no sum`() throws {
    let two = function(.ran(2, others: mib), .ran(3, others: mib))
    #expect(try sum(two, [.line, .usage, .others]) == nil)
    #expect(try sum(two, [.line, .others, .count]) == " Sum                0")
  }

  @Test func `the indentation that all lines share is left out`() throws {
    let method = Function(
      file: "a.py", name: "A.b", firstLine: 1,
      lines: [
        .ran(1, "\tdef b(self):"), .idle(2), .ran(3, "\t\treturn 1"), .ran(4, "\t    x = '\t'"),
      ], baseline: 0)
    let table = try rows(method, .these([.line, .code]))
    #expect(
      table.dropFirst(4).prefix(4) == [
        "   1  def b(self):", "   2", "   3          return 1", "   4      x = '       '",
      ])
  }

  @Test func `text is cut at the edge, and never in the middle of a character`() throws {
    let wide = function(.ran(2, "名前 = '" + String(repeating: "日本", count: 30) + "'"))
    for width in 20...60 {
      let style = Style(width: width)
      let row = try rows(wide, .these([.line, .code]), style: style).first { $0.hasPrefix("   2") }
      let cells = DisplayWidth.of(row ?? "")
      #expect(cells == width || cells == width - 1)
      #expect(row?.hasSuffix("…") == true)
    }
  }

  @Test func `what a terminal would obey is not passed on`() throws {
    let odd = Function(
      file: "a\u{1B}[2J.py", name: "b\u{202E}", firstLine: 1,
      lines: [.ran(1, "x = '\u{1B}]0;title\u{7}\u{9B}31m'\r")], baseline: 0, note: "c\u{8}d")
    let text = try rows(odd).joined(separator: "\n")
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    #expect(!text.unicodeScalars.contains { [0x9B, 0x202E].contains($0.value) })
  }

  @Test func `usual columns give way in a narrow terminal and chosen ones do not`() throws {
    let one = function(.ran(2, adds: 100 * mib, blocks: 1_000_000, seconds: 1))
    let narrow = Style(width: 60)
    let usual = try rows(one, style: narrow)
    #expect(usual.contains { $0.hasPrefix("Line") && !$0.contains("Time") })
    #expect(usual.contains { $0.hasPrefix("(too narrow for: ") && $0.contains("Time") })
    let chosen = try rows(one, .these([.line, .usage, .time, .count, .code]), style: narrow)
    #expect(chosen.contains { $0.hasPrefix("Line") && $0.contains("Time") && $0.contains("Count") })
    #expect(!chosen.contains { $0.hasPrefix("(too narrow") })
  }

  /// A minute is a hundred times what it takes, and a tenth of what it takes where each row looks at
  /// all the others.
  @Test(.timeLimit(.minutes(5)))
  func `a module of many lines is shown in no time`() throws {
    let many = Function(
      file: "a.py", name: "<module>", firstLine: 1,
      lines: (1...20_000).map { .ran($0, "    x = f()", adds: $0) }, baseline: 0)
    #expect(try rows(many, style: Style(width: 120, bars: true)).count > 20_000)
  }

  @Test func `bars are as long as what they stand for`() {
    #expect(Bar.text(8, of: 8, cells: 8) == "████████")
    #expect(Bar.text(1, of: 64, cells: 8) == "▏")
    #expect(Bar.text(0, of: 8, cells: 8) == "")
    #expect(Bar.text(-4, of: 8, cells: 8) == "▒▒▒▒")
    #expect(Bar.text(.max, of: 1, cells: 8) == "████████")
    for amount in 0...64 {
      #expect(DisplayWidth.of(Bar.text(amount, of: 64, cells: 8)) == (amount + 7) / 8)
    }
  }

  @Test func `what is small beside the rest of the report is not loud`() throws {
    let large = function(.ran(2, adds: 100 * mib), .ran(3, adds: 20 * mib))
    let small = function(.ran(2, adds: 4 * mib))
    let style = Style(color: true)
    let both = LineProfile(
      backend: "heap", python: "3", caveats: [], functions: [large, small])
    let text = try both.report(.these([.increment]), style: style).joined()
    #expect(text.contains("\u{1B}[1;31m100 MiB"))
    #expect(text.contains("\u{1B}[33m20.0 MiB"))
    let alone = try rows(small, .these([.increment]), style: style).joined()
    #expect(alone.contains("\u{1B}[1;31m4.00 MiB"))
    #expect(!text.contains("\u{1B}[1;31m4.00 MiB"))
  }

  @Test func `columns are chosen by name, once each, in the order given`() throws {
    #expect(try ColumnChoice(names: "code, line,code") == .these([.code, .line]))
    #expect(try ColumnChoice(names: "all") == .all)
    #expect(throws: ReportFailure.unknownColumn("lines")) { try ColumnChoice(names: "lines") }
    #expect(throws: ReportFailure.unknownColumn("")) { try ColumnChoice(names: "") }
    for column in Column.allCases {
      #expect(ReportFailure.unknownColumn("x").description.contains(column.rawValue))
    }
  }

  @Test func `a column that only the heap has is refused elsewhere`() throws {
    let failure = #expect(throws: ReportFailure.self) {
      try rows(function(.ran(2)), backend: "rss", .these([.line, .ownPeak, .count]))
    }
    #expect(
      failure
        == .heapOnly(
          columns: ["own-peak", "count"], backend: "rss",
          available: ["line", "usage", "increment", "occurrences", "time", "rss", "code"]))
  }
}
