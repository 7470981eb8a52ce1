// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension LineProfile {
  /// The report: for each function its title, the finding and the table; the caveats last.
  ///
  /// `others` are profiles that are shown beside this one, on one scale.
  func html(
    _ choice: ColumnChoice, style: Style, beside others: [LineProfile]? = nil
  ) throws(ReportFailure) -> Markup {
    var columns = try choice.columns(for: self)
    let isBeside = others != nil
    if isBeside, choice == .usual { columns = Column.fewest(for: self) }
    let all = [self] + (others ?? [])
    let scales = BarScales(all, isShared: isBeside)
    let reach = all.flatMap(\.functions).flatMap(\.lines)
    var markup = Markup()
    for function in functions {
      let figures = FunctionFigures(function)
      let cells = LineCells(function, figures, isHeap: isHeap, scales: scales, style: style)
      let heading = FunctionHeading(function, figures, backend: backend, style: style)
      let reach = isBeside ? reach : function.lines
      let axis = BarAxis(reach, columns: columns, width: 8)
      var table = LineMarkup(
        cells, columns: columns, axis: axis, givesWay: choice == .usual && !isBeside,
        showsCurve: !isBeside)
      table.write(heading, to: &markup)
    }
    if functions.isEmpty { markup.sentence(Self.nothingRan) }
    for caveat in caveats { markup.sentence("NOTE: " + caveat, .warm) }
    return markup
  }
}
