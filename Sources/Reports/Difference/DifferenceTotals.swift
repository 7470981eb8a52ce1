// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The wholes of two captures side by side.
struct DifferenceTotals {
  private let view: DifferenceView
  private let style: Style

  init(_ view: DifferenceView, style: Style) {
    self.view = view
    self.style = style
  }

  /// The two peaks, and what else is asked about.
  var sentences: [String] {
    let figures = view.figure == .peak ? [Figure.peak] : [.peak, view.figure]
    return figures.map { figure in
      let words = ChangeWords(figure, style: style)
      let (change, isAbove) = view.whole(figure)
      let (before, after) = (words.amount(change.before), words.amount(change.after))
      let noun = words.subject(isAbove: isAbove)
      let isPeak = figure == .peak
      let then = isPeak ? ", at \(moment(view.before))," : ""
      let now = isPeak ? ", at \(moment(view.after))" : ""
      if change.amount == 0 { return "\(noun) is the same: \(after)\(now)." }
      let verb = change.amount > 0 ? "rose" : "fell"
      return "\(noun) \(verb) from \(before)\(then) to \(after)\(now): \(words.told(change))."
    }
  }

  /// When the peak was.
  func moment(_ part: DifferenceView.Part) -> String {
    style.moment(Double(part.capture.header.peakMoment) / 1e9)
  }

  /// The table, in rows; without what was and what is where there is no room.
  func rows() -> [String] {
    var grid = grid()
    if let width = style.width, grid.leastWidth() > width {
      for index in grid.rows.indices {
        if case .cells(let cells) = grid.rows[index] {
          grid.rows[index] = .cells([cells[0]] + cells[3...])
        }
      }
      grid.columns.removeSubrange(1...2)
      grid.rows.remove(at: 1)
    }
    return grid.render(in: style)
  }

  private func grid() -> Grid {
    var grid = Grid(columns: [
      Grid.Column(heading: "", isText: true), Grid.Column(heading: "Before"),
      Grid.Column(heading: "After"), Grid.Column(heading: "Change"), Grid.Column(heading: ""),
    ])
    for figure in Figure.allCases {
      let words = ChangeWords(figure, style: style)
      let change = view.difference.total(figure)
      let tone = words.tone(change, of: change.before)
      grid.rows.append(
        .cells([
          Grid.Cell(text: words.short), Grid.Cell(text: words.amountCell(change.before)),
          Grid.Cell(text: words.amountCell(change.after)),
          Grid.Cell(text: words.signedCell(change.amount), tone: tone),
          Grid.Cell(text: words.percent(change)),
        ]))
      guard figure == .peak else { continue }
      grid.rows.append(
        .cells([
          Grid.Cell(text: "  at", tone: .quiet), Grid.Cell(text: moment(view.before), tone: .quiet),
          Grid.Cell(text: moment(view.after), tone: .quiet), .blank, .blank,
        ]))
    }
    return grid
  }
}
