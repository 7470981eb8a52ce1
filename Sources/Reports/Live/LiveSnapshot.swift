// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// One look at a recording as text, for places where nothing can be drawn again.
package enum LiveSnapshot {
  /// Lines that are listed.
  private static let most = 20

  /// The text, ending in a newline.
  package static func text(
    _ look: LiveLook, sort: LiveSort, filter: String, style: Style
  ) -> String {
    let view = look.view
    let heading = LiveHeading(look, style)
    var rows = CaptureHeading(view, style: style).rows()
    if let note = look.note { rows += DisplayWidth.wrap(DisplayWidth.shown(note), to: style.width) }
    rows += ["", heading.totals, heading.shares]
    if let curve = Curve.row(view, style: style) { rows.append(curve) }
    let lines = look.lines(by: sort, with: filter)
    rows += [""] + LiveTable(look, style, sort: sort).rows(Array(lines.prefix(most)), selected: nil)
    if lines.count > most {
      let left = Digits.grouped(lines.count - most)
      rows.append(Tone.quiet.paint("(\(left) other \(left == "1" ? "line" : "lines"))", in: style))
    }
    return (rows + closing(view, style: style)).map { $0 + "\n" }.joined()
  }
}
