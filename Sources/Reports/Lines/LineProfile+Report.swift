// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension LineProfile {
  /// The report in rows: for each function its title, the finding, the table; the caveats last.
  func report(_ choice: ColumnChoice, style: Style) throws(ReportFailure) -> [String] {
    let columns = try choice.columns(for: self)
    let largest = functions.flatMap(\.lines).reduce(0) { max($0, $1.weight) }
    var rows: [String] = []
    for function in functions {
      if !rows.isEmpty { rows += ["", ""] }
      rows += section(
        function, columns, isChosen: choice != .usual, largest: largest, style)
    }
    if functions.isEmpty { rows += ["No function ran that was to be measured."] }
    if !caveats.isEmpty { rows.append("") }
    for caveat in caveats { rows += notes("NOTE: " + caveat, style) }
    return rows
  }

  private func section(
    _ function: Function, _ columns: [Column], isChosen: Bool, largest: UInt, _ style: Style
  ) -> [String] {
    let figures = FunctionFigures(function)
    var rows = title(function, figures, style)
    if let note = function.note { rows += notes(note, style) }
    if let finding = Finding.sentence(for: figures, backend: backend, style: style) {
      rows += DisplayWidth.wrap(finding, to: style.width)
    }
    if figures.isRecursive {
      rows += notes(
        "It calls itself: what an inner call costs is in the line that makes the call and in the "
          + "lines that it runs, so that there is no sum.", style)
    }
    rows.append("")
    var table = LineTable(
      function, figures, columns: columns, isChosen: isChosen, isHeap: isHeap,
      largest: largest, style: style)
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
  private func title(_ function: Function, _ figures: FunctionFigures, _ style: Style) -> [String] {
    let name = DisplayWidth.shown(function.name)
    let place = "\(DisplayWidth.shown(function.file)):\(function.firstLine)"
    let calls = figures.calls.map { $0 == 1 ? "1 call, " : "\(Digits.grouped($0)) calls, " } ?? ""
    let about = "(\(calls)\(DisplayWidth.shown(backend)))"
    let limit = style.width ?? .max
    let room = limit - DisplayWidth.of(name) - DisplayWidth.of(about) - 4
    let loud = Tone.bold.paint(name, in: style)
    let quiet = Tone.quiet.paint(about, in: style)
    if room >= min(24, DisplayWidth.of(place)) {
      return [
        loud + "  " + DisplayWidth.fitEnd(place, to: room, mark: style.ellipsis) + "  " + quiet
      ]
    }
    let cut = DisplayWidth.fit(name, to: limit, mark: style.ellipsis)
    let end = DisplayWidth.fitEnd(place, to: limit, mark: style.ellipsis)
    let last = DisplayWidth.wrap(about, to: limit).map { Tone.quiet.paint($0, in: style) }
    return [Tone.bold.paint(cut, in: style), end] + last
  }

  private func notes(_ text: String, _ style: Style) -> [String] {
    DisplayWidth.wrap(DisplayWidth.shown(text), to: style.width).map {
      Tone.warm.paint($0, in: style)
    }
  }
}
