// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension LineProfile {
  /// The report: for each function its title, the finding and the table; the caveats last.
  ///
  /// `scales` is given where other profiles are shown beside this one.
  func html(
    _ choice: ColumnChoice, style: Style, scales: BarScales? = nil
  ) throws(ReportFailure) -> Markup {
    var columns = try choice.columns(for: self)
    let isBeside = scales != nil
    if isBeside, choice == .usual { columns = Column.fewest(for: self) }
    let scales = scales ?? BarScales([self])
    var markup = Markup()
    for function in functions {
      let figures = FunctionFigures(function)
      let cells = LineCells(function, figures, isHeap: isHeap, scales: scales, style: style)
      let heading = FunctionHeading(function, figures, backend: backend, style: style)
      let table = LineMarkup(cells: cells, columns: columns, barWidth: isBeside ? 4 : 5)
      table.write(heading, to: &markup)
    }
    if functions.isEmpty { markup.sentence(Self.nothingRan) }
    for caveat in caveats { markup.sentence("NOTE: " + caveat, .warm) }
    return markup
  }
}
