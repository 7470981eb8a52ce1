// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What one row of the table of changed lines says.
struct ChangeEntry {
  var name: String
  var function = ""
  var code = ""
  var change: Change
  var status: Difference.Line.Status = .both
  /// Whether it is a line, and not what lines leave over.
  var isLine = false
}

/// The rows of that table, for text and for Markdown.
struct ChangeEntries {
  /// The lines, then what is in none of them.
  private(set) var rows: [ChangeEntry] = []
  let total: ChangeEntry

  /// `limit`: lines at most; nil for those that are worth it.
  init(_ view: DifferenceView, limit: Int?, style: Style) {
    let difference = view.difference
    let figure = view.figure
    let words = ChangeWords(figure, style: style)
    total = ChangeEntry(name: words.short, change: difference.total(figure))
    let lines = difference.lines.prefix { $0.change(figure).amount != 0 }
    let listed = limit ?? Self.usual(lines, view)
    rows = lines.prefix(listed).map { line in
      ChangeEntry(
        name: view.name(line), function: view.function(line), code: view.code(line),
        change: line.change(figure), status: line.status, isLine: true)
    }
    let rest = lines.dropFirst(listed)
    if !rest.isEmpty {
      var sum = Change(variance: view.isSampled && !figure.isBytes ? nil : 0)
      for line in rest { sum.add(line.change(figure)) }
      let count = Digits.grouped(rest.count)
      rows.append(
        ChangeEntry(
          name: rest.count == 1 ? "(1 other line)" : "(\(count) other lines)", change: sum))
    }
    addOthers(difference, figure)
  }

  /// What is small is listed only where nothing is large.
  private static func usual(_ lines: ArraySlice<Difference.Line>, _ view: DifferenceView) -> Int {
    let large = lines.prefix(DifferenceReport.usualLines).prefix { line in
      line.change(view.figure).amount.size >= view.least
    }
    return max(large.count, min(3, lines.count))
  }

  private mutating func addOthers(_ difference: Difference, _ figure: Figure) {
    let others: [(String, Change)] = [
      ("(other threads)", difference.inOtherThreads(figure)),
      ("(before the recording)", difference.baseline(figure)),
      ("(in no line)", difference.unexplained(figure)),
    ]
    // What is less than rounding would only be in the way.
    let least = max(0, total.change.amount.size / 1000)
    for (name, change) in others where change.amount.size > least {
      rows.append(ChangeEntry(name: name, change: change))
    }
  }
}
