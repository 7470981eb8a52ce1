// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension Comparison {
  /// The report in rows: a sentence, the table, what failed, the caveats.
  func report(style: Style) -> [String] {
    let cells = ComparisonCells(self, style: style)
    var rows: [String] = []
    if let finding = cells.finding() { rows += DisplayWidth.wrap(finding, to: style.width) + [""] }
    rows += ComparisonTable(cells: cells).rows()
    let legend = cells.legend()
    if !legend.isEmpty {
      rows.append("")
      for sentence in legend {
        rows += DisplayWidth.wrap(sentence, to: style.width).map { Tone.quiet.paint($0, in: style) }
      }
    }
    if !caveats.isEmpty { rows.append("") }
    for caveat in caveats {
      rows += DisplayWidth.wrap(DisplayWidth.shown("NOTE: " + caveat), to: style.width).map {
        Tone.warm.paint($0, in: style)
      }
    }
    return rows
  }
  /// Below it the lines of those alternatives that have them, one below the other, in rows.
  func linesReport(_ choice: ColumnChoice, style: Style) throws(ReportFailure) -> [String] {
    let profiles = lineProfiles()
    let scales = BarScales(profiles.map(\.lines), isShared: true)
    var rows: [String] = []
    for (name, lines) in profiles {
      rows += ["", "", Tone.bold.paint("Lines of \(name)", in: style), ""]
      rows += try lines.report(choice, style: style, scales: scales)
    }
    return rows
  }

  /// The lines of alternatives, under their names as they may be shown.
  ///
  /// What the comparison says of itself is not said again of each.
  func lineProfiles() -> [(name: String, lines: LineProfile)] {
    alternatives.compactMap { alternative in
      guard var lines = alternative.lines else { return nil }
      lines.caveats.removeAll(where: caveats.contains)
      return (DisplayWidth.shown(alternative.name), lines)
    }
  }
}
