// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A column of the table of lines, by the name that `--columns` knows it by.
package enum Column: String, CaseIterable, Sendable {
  case line, usage, increment
  case ownPeak = "own-peak"
  case allocated, freed, count, occurrences, time, rss, python, requested, others, code

  /// What is shown when nobody asked for anything else.
  static func usual(for profile: LineProfile) -> [Column] {
    profile.isHeap
      ? [.line, .usage, .increment, .ownPeak, .allocated, .count, .time, .code]
      : [.line, .usage, .increment, .occurrences, .time, .code]
  }

  /// Those of them that stay where tables stand side by side: what costs memory, and where.
  static func fewest(for profile: LineProfile) -> [Column] {
    profile.isHeap ? [.line, .increment, .ownPeak, .code] : [.line, .increment, .code]
  }

  /// Those that a profile has figures for.
  static func available(in profile: LineProfile) -> [Column] {
    allCases.filter { profile.isHeap || !$0.isHeapOnly }
  }

  /// Whether only the heap backend counts it.
  var isHeapOnly: Bool {
    switch self {
    case .ownPeak, .allocated, .freed, .count, .python, .requested, .others: true
    case .line, .usage, .increment, .occurrences, .time, .rss, .code: false
    }
  }

  func heading(isHeap: Bool) -> String {
    switch self {
    case .line: "Line"
    case .usage: isHeap ? "Heap usage" : "Mem usage"
    case .increment: "Increment"
    case .ownPeak: "Own peak"
    case .allocated: "Allocated"
    case .freed: "Freed"
    case .count: "Count"
    case .occurrences: "Occurrences"
    case .time: "Time"
    case .rss: "RSS"
    case .python: "Python"
    case .requested: "Requested"
    case .others: "Others"
    case .code: "Code"
    }
  }

  /// What the column means, for `peakline report --help`.
  var help: String {
    switch self {
    case .line: "the number of the line in its file; a statement's figures are on its first line"
    case .usage:
      "Heap usage: the heap in use in the process after the line, all threads together (Mem usage, "
        + "with another backend: what that backend measures); the most over its executions"
    case .increment:
      "what the line added, calls included, summed over its executions: what its thread allocated "
        + "less what its thread freed, so that a block which another thread freed is a decrease "
        + "there, not here; negative where more was freed"
    case .ownPeak:
      "the most that the thread's heap stood above where it was when the line began, while the "
        + "line ran, calls included; of all executions the highest, not the sum"
    case .allocated: "bytes of all blocks that the line allocated, also of those freed since"
    case .freed: "bytes of all blocks that the line freed, whoever had allocated them"
    case .count: "how many blocks the line allocated; a realloc is one"
    case .occurrences: "how often control came to the line"
    case .time: "time in the line, calls included, suspended time not"
    case .rss: "what the resident set of the process changed by, whatever the backend"
    case .python: "the part of the increment that is Python's small objects"
    case .requested: "bytes that were asked for, of those allocated; a block is often larger"
    case .others:
      "what the rest of the process changed the heap by meanwhile; never the line's own, and in no "
        + "other column but the usage"
    case .code: "the text of the line as it ran"
    }
  }

  /// The help of all columns, a name and its meaning each, in rows of at most `width` cells.
  package static func help(width: Int) -> String {
    let names = allCases.map(\.rawValue)
    let indent = (names.map(\.utf8.count).max() ?? 0) + 4
    return allCases.flatMap { column in
      let rows = DisplayWidth.wrap(column.help, to: width - indent)
      return rows.enumerated().map { index, row in
        ("  " + (index == 0 ? column.rawValue : "")).padded(to: indent) + row
      }
    }.joined(separator: "\n")
  }
}

extension Column {
  /// The figure of a line as a size, for those columns that hold sizes.
  func size(of line: LineProfile.Line) -> Int? {
    switch self {
    case .usage: line.usage
    case .increment: line.increment
    case .ownPeak: line.ownPeak
    case .allocated: line.allocated
    case .freed: line.freed
    case .rss: line.residentIncrement
    case .python: line.pythonIncrement
    case .requested: line.requested
    case .others: line.otherThreads
    case .line, .count, .occurrences, .time, .code: nil
    }
  }

  /// The figure as text; empty for a line that did not run.
  func text(of line: LineProfile.Line, in style: Style) -> String {
    switch self {
    case .line: return "\(line.line)"
    case .code: return line.source ?? "<source unavailable>"
    case _ where !line.ran: return ""
    case .count: return line.allocations.map(Digits.grouped) ?? ""
    case .occurrences: return Digits.grouped(line.occurrences)
    case .time: return style.timeCell(line.seconds)
    default: return size(of: line).map(style.sizeCell) ?? ""
    }
  }

  /// How much it weighs beside the same column of other lines; nil where that means nothing.
  func weight(of line: LineProfile.Line) -> Double? {
    guard line.ran else { return nil }
    switch self {
    case .line, .code, .usage: return nil
    case .count: return line.allocations.map { Double($0.magnitude) }
    case .occurrences: return Double(line.occurrences.magnitude)
    case .time: return line.seconds.isFinite ? max(0, line.seconds) : nil
    default: return size(of: line).map { Double($0.magnitude) }
    }
  }
}
