// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension Comparison {
  /// The report in rows: a sentence, the table, what failed, the caveats.
  func report(style: Style) -> [String] {
    let table = ComparisonTable(comparison: self, style: style)
    var rows: [String] = []
    if let finding = table.finding() { rows += DisplayWidth.wrap(finding, to: style.width) + [""] }
    rows += table.rows()
    let legend = table.legend()
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
}
