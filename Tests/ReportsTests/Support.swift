// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

@testable import Reports

/// The bytes of a file in Fixtures/.
func fixture(_ name: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(filePath: "\(directory)/Fixtures/\(name).json")))
}

/// Compares a text with the file of that name in Goldens/.
///
/// With PEAKLINE_RECORD set in the environment the file is written instead, to be read by whoever
/// changed the report.
func expectGolden(_ name: String, _ text: String, ending: String = "txt") throws {
  let path = "\(directory)/Goldens/\(name).\(ending)"
  if ProcessInfo.processInfo.environment["PEAKLINE_RECORD"] != nil {
    try Data(text.utf8).write(to: URL(filePath: path))
  }
  let golden = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  #expect(text == golden)
}

private let directory = URL(filePath: #filePath).deletingLastPathComponent().path

typealias Line = LineProfile.Line
typealias Function = LineProfile.Function

let kib = 1 << 10
let mib = 1 << 20

extension LineProfile.Line {
  /// A line that ran, of a heap profile; what is not said is zero.
  static func ran(
    _ line: Int, _ source: String = "x = f()", times: Int = 1, adds increment: Int = 0,
    peak: Int? = nil, allocated: Int? = nil, freed: Int? = nil, blocks: Int = 0,
    resident: Int? = nil,
    others: Int = 0, seconds: Double = 0
  ) -> Line {
    Line(
      line: line, source: source, occurrences: times, usage: 0, increment: increment,
      residentIncrement: resident ?? increment, seconds: seconds, heapIncrement: increment,
      ownPeak: peak ?? max(0, increment), allocated: allocated ?? max(0, increment),
      freed: freed ?? max(0, -increment), allocations: blocks, pythonIncrement: 0, requested: 0,
      otherThreads: others)
  }

  /// A line that did not run.
  static func idle(_ line: Int, _ source: String? = "") -> Line {
    Line(
      line: line, source: source, occurrences: 0, usage: nil, increment: 0, residentIncrement: 0,
      seconds: 0)
  }
}

/// A function of some lines; the `def` is line 1.
func function(
  _ lines: Line..., calls: Int = 1, name: String = "work", recursive: Bool? = false
) -> Function {
  Function(
    file: "work.py", name: name, firstLine: 1,
    lines: [.ran(1, "def work():", times: calls)] + lines, baseline: 0, note: nil,
    recursive: recursive)
}

/// The report of a profile, row by row.
func rows(
  _ function: Function, backend: String = "heap", _ choice: ColumnChoice = .usual,
  style: Style = Style()
) throws -> [String] {
  try LineProfile(backend: backend, python: "3.12.1", caveats: [], functions: [function])
    .report(choice, style: style)
}
