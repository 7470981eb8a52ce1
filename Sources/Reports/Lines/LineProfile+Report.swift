// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension LineProfile {
  /// What is said where there is no function to show.
  static let nothingRan = "No function ran that was to be measured."

  /// The report in rows: for each function its title, the finding, the table; the caveats last.
  ///
  /// `scales` is given where other profiles are shown beside this one.
  func report(
    _ choice: ColumnChoice, style: Style, scales: BarScales? = nil
  ) throws(ReportFailure) -> [String] {
    let columns = try choice.columns(for: self)
    let scales = scales ?? BarScales([self])
    var rows: [String] = []
    for function in functions {
      if !rows.isEmpty { rows += ["", ""] }
      rows += section(function, columns, isChosen: choice != .usual, scales, style)
    }
    if functions.isEmpty { rows += [Self.nothingRan] }
    if !caveats.isEmpty { rows.append("") }
    for caveat in caveats { rows += notes("NOTE: " + caveat, style) }
    return rows
  }

  private func section(
    _ function: Function, _ columns: [Column], isChosen: Bool, _ scales: BarScales, _ style: Style
  ) -> [String] {
    let figures = FunctionFigures(function)
    let heading = FunctionHeading(function, figures, backend: backend, style: style)
    var rows = title(heading, style)
    for remark in heading.remarks {
      rows += DisplayWidth.wrap(remark.text, to: style.width).map {
        remark.tone.paint($0, in: style)
      }
    }
    rows.append("")
    let cells = LineCells(function, figures, isHeap: isHeap, scales: scales, style: style)
    var table = LineTable(cells, columns: columns, isChosen: isChosen)
    // In a narrow terminal the usual columns give way, the least telling first; chosen ones do not.
    var left: [Column] = []
    for column in [Column.time, .usage, .occurrences, .count, .allocated] where !table.isChosen {
      guard !table.fits else { break }
      if table.columns.contains(column) { left.append(column) }
      table.columns.removeAll { $0 == column }
    }
    rows += table.rows()
    if !left.isEmpty {
      let names = Column.allCases.filter(left.contains).map { $0.heading(isHeap: isHeap) }
      rows += notes("(too narrow for: \(names.joined(separator: ", ")))", style)
    }
    return rows
  }

  /// The function's name, where it is, and how often it was called, in one row where they fit.
  private func title(_ heading: FunctionHeading, _ style: Style) -> [String] {
    let about = "(\(heading.calls.map { "\($0), " } ?? "")\(heading.backend))"
    let limit = style.width ?? .max
    let room = limit - DisplayWidth.of(heading.name) - DisplayWidth.of(about) - 4
    let loud = Tone.bold.paint(heading.name, in: style)
    let quiet = Tone.quiet.paint(about, in: style)
    if room >= min(24, DisplayWidth.of(heading.place)) {
      return [
        loud + "  " + DisplayWidth.fitEnd(heading.place, to: room, mark: style.ellipsis) + "  "
          + quiet
      ]
    }
    let cut = DisplayWidth.fit(heading.name, to: limit, mark: style.ellipsis)
    let end = DisplayWidth.fitEnd(heading.place, to: limit, mark: style.ellipsis)
    let last = DisplayWidth.wrap(about, to: limit).map { Tone.quiet.paint($0, in: style) }
    return [Tone.bold.paint(cut, in: style), end] + last
  }

  private func notes(_ text: String, _ style: Style) -> [String] {
    DisplayWidth.wrap(DisplayWidth.shown(text), to: style.width).map {
      Tone.warm.paint($0, in: style)
    }
  }
}
