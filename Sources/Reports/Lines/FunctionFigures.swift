// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What the rows of a function say about it as a whole, as far as they say it truly.
struct FunctionFigures {
  /// The lines that ran.
  let ran: [LineProfile.Line]
  /// How often it was called; nil for a module's top level.
  let calls: Int?
  /// Whether it called itself.
  let isRecursive: Bool
  /// The most that the heap stood above where it was when the function began, and the line in which
  /// it did; nil unless the rows tell.
  let peak: (bytes: Int, line: LineProfile.Line)?

  init(_ function: LineProfile.Function) {
    ran = function.lines.filter(\.ran)
    let isModule = function.name == "<module>"
    let header = function.lines.first { $0.line == function.firstLine }
    calls = isModule ? nil : header.flatMap { $0.ran ? $0.occurrences : nil }
    isRecursive = function.recursive == true
    peak = !isRecursive && Self.ranStraight(function.lines, ran) ? Self.peak(of: ran) : nil
  }

  /// The sum of a column over all lines.
  func sum(_ figure: (LineProfile.Line) -> Int?) -> Int {
    ran.reduce(0) { $0.adding(figure($1) ?? 0) }
  }

  /// Whether each line ran once at most, in the order in which they stand, and nothing else between
  /// them: then, and only then, the figures of the lines follow each other in time.
  private static func ranStraight(
    _ lines: [LineProfile.Line], _ ran: [LineProfile.Line]
  ) -> Bool {
    guard ran.allSatisfy({ $0.occurrences == 1 && $0.ownPeak != nil }) else { return false }
    return lines.allSatisfy { line in
      guard let source = line.source else { return false }
      // Where it is suspended, others come in between.
      return !["yield", "await", "async"].contains { source.contains($0) }
    }
  }

  private static func peak(of ran: [LineProfile.Line]) -> (bytes: Int, line: LineProfile.Line)? {
    var before = 0
    var highest: (bytes: Int, line: LineProfile.Line)?
    for line in ran {
      let here = before.adding(line.ownPeak ?? 0)
      if here > highest?.bytes ?? 0 { highest = (here, line) }
      before = before.adding(line.increment)
    }
    return highest
  }
}

extension Int {
  /// Its distance from zero, or the nearest that there is.
  var size: Int { Int(clamping: magnitude) }

  /// The sum, or the nearest that there is: a report of odd figures must not trap.
  func adding(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other < 0 ? .min : .max) : sum
  }
}
