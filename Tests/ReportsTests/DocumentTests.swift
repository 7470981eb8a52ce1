// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// Reading JSON: what is accepted, and what is said of all else.
@Suite struct DocumentTests {
  private func failure(_ json: String) -> ReportFailure? {
    do {
      _ = try Document(json: Array(json.utf8))
      return nil
    } catch {
      return error
    }
  }

  private let head = #""schema": 2, "kind": "lines", "backend": "rss", "python": "3.12.1""#

  @Test func `the fixtures are read in full`() throws {
    guard case .lines(let profile) = try Document(json: try fixture("heap")) else {
      Issue.record("not lines")
      return
    }
    #expect(profile.isHeap)
    #expect(profile.functions.map(\.name) == ["Model.load", "walk", "読む"])
    #expect(profile.functions.map(\.recursive) == [false, true, false])
    let line = profile.functions[0].lines[3]
    #expect(line.line == 12)
    #expect(line.ownPeak == 1201 * mib)
    #expect(line.allocated == 1500 * mib)
    #expect(line.freed == 300 * mib)
    #expect(line.pythonIncrement == 900 * mib)
  }

  @Test(arguments: ["", "{", "nonsense", "[]", "3", "null", "\"x\"", "{}", "{\"schema\": \"2\"}"])
  func `what is no report is told so`(json: String) throws {
    guard case .malformed? = failure(json) else {
      Issue.record("\(json) was taken for a report")
      return
    }
  }

  @Test func `another schema is named, whatever else is there`() {
    #expect(failure(#"{"schema": 1, "backend": "rss", "functions": []}"#) == .otherSchema(1))
    #expect(failure(#"{"schema": 3, "kind": "future"}"#) == .otherSchema(3))
  }

  @Test func `another kind is named`() {
    #expect(failure(#"{"schema": 2, "kind": "tree"}"#) == .unknownKind("tree"))
    #expect(failure(#"{"schema": 2}"#) == .unknownKind("none"))
  }

  @Test func `a missing figure is named by its place`() {
    let line = #"{"line": 1, "source": null, "occurrences": 1}"#
    let function =
      #"{"file": "a", "name": "b", "first_line": 1, "baseline": 0, "lines": [\#(line)]}"#
    #expect(
      failure(#"{\#(head), "caveats": [], "functions": [\#(function)]}"#)
        == .malformed("'functions[0].lines[0].increment' is missing"))
    #expect(
      failure(#"{\#(head), "caveats": [1], "functions": []}"#)
        == .malformed("'caveats[0]' is of the wrong type"))
    #expect(
      failure(#"{\#(head), "caveats": null, "functions": []}"#)
        == .malformed("'caveats' is null"))
  }

  @Test func `the lines of an alternative are read, and may be missing or null`() throws {
    guard case .comparison(let comparison) = try Document(json: try fixture("comparison-lines"))
    else {
      Issue.record("not a comparison")
      return
    }
    let lines = comparison.alternatives.map { $0.lines?.functions.map(\.name) }
    #expect(lines == [["lists"], ["arrays"], nil])
    guard case .comparison(let older) = try Document(json: try fixture("comparison"))
    else {
      Issue.record("not a comparison")
      return
    }
    #expect(older.alternatives.allSatisfy { $0.lines == nil })
  }

  @Test func `half characters become marks and whole ones stay`() throws {
    let names = #""\ud83d\ude00", "\udcff", "\ud83dx", "\\ud800", "\ud83d\ud83d\ude00", "\ud8""#
    let text = String(decoding: mended(Array(names.utf8)), as: UTF8.self)
    #expect(
      text
        == #""\ud83d\ude00", "\ufffd", "\ufffdx", "\\ud800", "\ufffd\ud83d\ude00", "\ud8""#)
    let json = #"{\#(head), "caveats": ["\udcff"], "functions": []}"#
    guard case .lines(let profile) = try Document(json: Array(json.utf8)) else { return }
    #expect(profile.caveats == ["\u{FFFD}"])
  }

  @Test func `bytes that are no UTF-8 do not cost the report`() throws {
    let json =
      Array(#"{\#(head), "caveats": [""#.utf8) + [0xFF] + Array(#""], "functions": []}"#.utf8)
    guard case .lines(let profile) = try Document(json: json) else { return }
    #expect(profile.caveats == ["\u{FFFD}"])
  }

  @Test func `deep nesting is refused and not followed`() {
    guard case .malformed? = failure(String(repeating: "[", count: 1_000_000)) else {
      Issue.record("deep nesting was accepted")
      return
    }
  }

  /// Whatever becomes of a report on its way, it is shown or refused; nothing traps.
  @Test(arguments: ["heap", "comparison", "comparison-lines", "tests"], 0..<40)
  func `damaged reports are shown or refused`(kind: String, seed: UInt64) throws {
    var random = Random(seed: seed)
    var json = try fixture(kind)
    let numbers = ["-9223372036854775808", "9223372036854775807", "1e308", "0", "null", "-1"]
    for _ in 0..<12 {
      let place = Int(random.next() % UInt64(json.count))
      switch random.next() % 3 {
      case 0: json[place] = UInt8(truncatingIfNeeded: random.next())
      case 1: json.remove(at: place)
      default:
        // Another number, where there is one.
        guard let start = json[place...].firstIndex(where: { (0x30...0x39).contains($0) }) else {
          continue
        }
        let end = json[start...].firstIndex { !(0x30...0x39).contains($0) } ?? json.endIndex
        let number = numbers[Int(random.next() % UInt64(numbers.count))]
        json.replaceSubrange(start..<end, with: Array(number.utf8))
      }
      let style = Style(width: 100, color: true, bars: true)
      do throws(ReportFailure) {
        #expect(!(try Report.text(json: json, columns: .all, style: style)).isEmpty)
        #expect(!(try Report.html(json: json, columns: .all)).isEmpty)
      } catch {
        #expect(!error.description.contains("\n"))
      }
    }
  }

  /// The extremes of every figure at once.
  @Test(arguments: [Int.min, Int.max])
  func `figures at the edge of what there is are shown`(extreme: Int) throws {
    var line = Line.ran(extreme, adds: extreme, peak: extreme, allocated: extreme, freed: extreme)
    line.occurrences = extreme
    line.usage = extreme
    line.allocations = extreme
    line.otherThreads = extreme
    line.residentIncrement = extreme
    line.seconds = extreme < 0 ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude
    let lines = function(line, line, line)
    for choice in [ColumnChoice.usual, .all] {
      for style in [Style(), Style(width: 300, color: true, bars: true), Style(precision: 20)] {
        #expect(try rows(lines, choice, style: style).count > 5)
        #expect(try rows(lines, backend: "rss", style: style).count > 5)
        let profile = LineProfile(backend: "heap", python: "3", caveats: [], functions: [lines])
        #expect(try profile.html(choice, style: style).html.contains("<tbody>"))
      }
    }
  }
}

/// The same numbers for the same seed (SplitMix64).
private struct Random {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
