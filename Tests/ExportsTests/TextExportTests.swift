// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import FoundationEssentials
import Reports
import Testing

@testable import Exports

/// The forms that are text, each read by a few lines that were written from its description.
@Suite struct TextExportTests {
  // MARK: - Folded stacks

  /// Stacks and values.
  private func stacks(_ text: String) -> [(frames: [String], value: Int)] {
    // Not `isNewline`: of all characters only a newline ends a row.
    text.utf8.split(separator: 10).map { row in
      let blank = row.lastIndex(of: 32) ?? row.startIndex
      let frames = row[..<blank].split(
        separator: UInt8(ascii: ";"), omittingEmptySubsequences: false
      )
      .map { Self.unescaped(String(decoding: $0, as: UTF8.self)) }
      return (frames, Int(String(decoding: row[blank...].dropFirst(), as: UTF8.self)) ?? -1)
    }
  }

  private static func unescaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    func number(_ digits: Int) -> Unicode.Scalar {
      let number = UInt32(String(rest.prefix(digits)), radix: 16)
      rest = rest.dropFirst(digits)
      return number.flatMap(Unicode.Scalar.init) ?? "?"
    }
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        result.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "n": result.append("\n")
      case "r": result.append("\r")
      case "t": result.append("\t")
      case "x": result.append(number(2))
      case "u": result.append(number(4))
      case let other: result.append(other ?? "?")
      }
    }
    return String(result)
  }

  @Test(arguments: [CaptureBuilder.nightJob(), .shortJob(), .hostileJob()])
  func `folded stacks add up to what the rows say`(builder: CaptureBuilder) throws {
    let view = try CaptureView(builder)
    let names = view.account.rows.map { row in
      let line = Line(row.place, view)
      return (line, line.file.map { "\(line.function) (\($0):\(line.line ?? 0))" } ?? line.function)
    }
    for value in ExportValue.allCases {
      let written = Written(.collapsed, view, value)
      var sums: [String: Int] = [:]
      for stack in stacks(written.text) {
        #expect(stack.value > 0)
        sums[stack.frames.last ?? "", default: 0] += stack.value
      }
      let figures = view.figures(value)
      var expected: [String: Int] = [:]
      for (line, name) in names { expected[name, default: 0] += figures[line] ?? 0 }
      #expect(sums == expected.filter { $0.value != 0 })
      #expect(written.leftOut == LeftOut())
    }
  }

  @Test func `nothing in a folded stack ends a row or a frame`() {
    for name in CaptureBuilder.hostile {
      let escaped = CollapsedExport.escaped(name)
      #expect(Array(Self.unescaped(escaped).utf8) == Array(name.utf8))
      #expect(!escaped.contains(";"))
      #expect(escaped.unicodeScalars.allSatisfy { $0.value >= 0x20 })
      #expect(!escaped.unicodeScalars.contains { [0x7F, 0x85, 0x2028, 0x2029].contains($0.value) })
    }
  }

  @Test func `threads are frames where more than one did anything`() throws {
    let one = stacks(Written(.collapsed, try CaptureView(.shortJob())).text)
    #expect(one.allSatisfy { $0.frames[0] == "<module> (job.py:9)" })
    let several = stacks(Written(.collapsed, try CaptureView(.nightJob())).text)
    #expect(
      Set(several.map { $0.frames[0] }) == [
        "MainThread (4711)", "loader-1 (4719)", "thread 4720",
      ])
  }

  @Test func `what decreased is left out and counted`() throws {
    let view = try CaptureView(.shortJob(), .window(3.5, 4.5))
    for form in [ExportForm.collapsed, .speedscope] {
      let written = Written(form, view, .held)
      #expect(written.leftOut.stacks == 1)
      #expect(written.leftOut.bytes == view.account.rows.reduce(0) { $0 + min(0, $1.figures.held) })
    }
    #expect(Written(.csv, view).leftOut == LeftOut())
  }

  // MARK: - Speedscope

  private struct Speedscope: Decodable {
    struct Frame: Decodable {
      var name: String
      var file: String?
      var line: Int?
    }
    struct Shared: Decodable { var frames: [Frame] }
    struct Profile: Decodable {
      var type: String
      var name: String
      var unit: String
      var startValue: Int
      var endValue: Int
      var samples: [[Int]]
      var weights: [Int]
    }
    var shared: Shared
    var profiles: [Profile]
    var name: String
    var exporter: String
    var activeProfileIndex: Int
  }

  @Test(arguments: [CaptureBuilder.nightJob(), .shortJob(), .hostileJob()])
  func `the profiles of speedscope add up to what the rows say`(builder: CaptureBuilder) throws {
    let view = try CaptureView(builder)
    let read = try JSONDecoder().decode(
      Speedscope.self, from: Data(Written(.speedscope, view).bytes))
    #expect(read.name == view.capture.command)
    #expect(read.exporter == "peakline 1.2.3")
    let names = ["at peak", "live at end", "allocated", "allocations", "temporary"]
    let values = zip(names, ExportValue.allCases).filter { !view.figures($0.1).isEmpty }
    #expect(read.profiles.map(\.name) == values.map(\.0))
    for (profile, (_, value)) in zip(read.profiles, values) {
      #expect(profile.type == "sampled" && profile.startValue == 0)
      #expect(profile.unit == (value == .allocations ? "none" : "bytes"))
      #expect(profile.samples.count == profile.weights.count)
      #expect(profile.endValue == profile.weights.reduce(0, +))
      var sums: [Line: Int] = [:]
      for (sample, weight) in zip(profile.samples, profile.weights) {
        #expect(sample.allSatisfy { read.shared.frames.indices.contains($0) })
        let innermost = try #require(sample.last)
        let frame = read.shared.frames[innermost]
        sums[Line(frame.file, frame.line, frame.name), default: 0] += weight
      }
      let figures = view.figures(value).map { line, figure in
        let place = line.file.map { " (\(view.short($0)):\(line.line ?? 0))" } ?? ""
        return (Line(line.file, line.line, line.function + place), figure)
      }
      #expect(sums == Dictionary(figures) { $0 + $1 })
    }
  }

  @Test func `one value is one profile, though nothing has it`() throws {
    for value in ExportValue.allCases {
      let view = try CaptureView(CaptureBuilder(), .peak)
      let read = try JSONDecoder().decode(
        Speedscope.self, from: Data(Written(.speedscope, view, value).bytes))
      #expect(read.profiles.count == 1 && read.profiles[0].samples.isEmpty)
    }
  }

  // MARK: - Tables

  /// The cells of CSV as its description has them.
  private func cells(_ text: String) -> [[String]] {
    var rows: [[String]] = [[]]
    var cell: [UInt8] = []
    var isQuoted = false
    var bytes = Array(text.utf8)[...]
    func end() {
      rows[rows.count - 1].append(String(decoding: cell, as: UTF8.self))
      cell = []
    }
    while let byte = bytes.popFirst() {
      switch (byte, isQuoted) {
      case (34, true) where bytes.first == 34:
        cell.append(34)
        bytes = bytes.dropFirst()
      case (34, _): isQuoted.toggle()
      case (44, false): end()
      case (10, false):
        end()
        rows.append([])
      default: cell.append(byte)
      }
    }
    return rows.dropLast()
  }

  @Test(arguments: [CaptureBuilder.nightJob(), .shortJob(), .hostileJob()])
  func `a table has the rows in their order`(builder: CaptureBuilder) throws {
    let view = try CaptureView(builder)
    let read = cells(Written(.csv, view).text)
    #expect(read.first?.prefix(5) == ["file", "line", "function", "source", "at_peak"])
    #expect(read.allSatisfy { $0.count == 14 })
    #expect(read.count == view.account.rows.count + 1)
    for (cells, row) in zip(read.dropFirst(), view.account.rows) {
      let line = Line(row.place, view)
      func shown(_ text: String?) -> String {
        String((text ?? "").map { $0 == "\0" ? "\u{2400}" : $0 })
      }
      #expect(cells[0] == shown(line.file))
      #expect(cells[1] == (line.line.map { "\($0)" } ?? ""))
      #expect(cells[2] == shown(line.function))
      #expect(cells[3] == shown(view.source(row.place)))
      #expect(Int(cells[4]) == row.figures.held)
      #expect(Int(cells[9]) == row.figures.allocated)
      #expect(Double(cells[11]) == row.figures.allocations)
    }
  }

  @Test func `a moment has its own column, and no blocks`() throws {
    let read = cells(Written(.csv, try CaptureView(.shortJob(), .at(2.5))).text)
    #expect(read[0][4] == "held")
    #expect(read.dropFirst().allSatisfy { $0[6].isEmpty })
  }

  @Test func `JSON is that of the report`() throws {
    let view = try CaptureView(.nightJob())
    let collected = Collected()
    CaptureReport.summary.json(view) { collected.bytes += $0 }
    #expect(Written(.json, view).bytes == collected.bytes)
  }

  private final class Collected {
    var bytes: [UInt8] = []
  }
}
