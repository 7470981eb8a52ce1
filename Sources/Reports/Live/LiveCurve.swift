// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// Memory over time, from the begin of the recording to now.
///
/// Each column of dots is as high as the most that was in use meanwhile.
struct LiveCurve {
  private let look: LiveLook
  private let style: Style
  /// What the axis says at its top.
  private let top: String
  /// Cells that the axis takes.
  private var margin: Int { max(8, DisplayWidth.of(top)) + 2 }

  init(_ look: LiveLook, _ style: Style) {
    self.look = look
    self.style = style
    top = style.size(look.header.peak)
  }

  /// So many rows; blank ones where nothing can be drawn.
  func rows(_ count: Int) -> [String] {
    let columns = (style.width ?? 80) - margin
    let header = look.header
    guard count > 0, columns >= 8, header.peak > 0, look.elapsed > 0 else {
      return Array(repeating: "", count: count)
    }
    var canvas = DotCanvas(columns: columns, rows: count, isUnicode: style.unicode)
    for (x, bytes) in highest(canvas.width).enumerated() where bytes > 0 {
      let share = min(1, Double(bytes) / Double(header.peak))
      canvas.setColumn(
        x, from: 0, through: Int((share * Double(canvas.height - 1)).rounded()), ink: 0)
    }
    return (0..<count).map { row in
      let label = row == 0 ? top : row == count - 1 ? "0" : ""
      let mark = row == 0 || row == count - 1 ? (style.unicode ? "┤" : "+") : axis
      return Tone.quiet.paint("\(label.indented(to: margin - 2)) \(mark)", in: style)
        + canvas.cells(ofRow: row).map(\.text).joined()
    }
  }

  private var axis: String { style.unicode ? "│" : "|" }

  /// Of each slice of time the most that was in use in it, in bytes.
  private func highest(_ slices: Int) -> [Int] {
    var most = [Int?](repeating: nil, count: slices)
    var last = [Int?](repeating: nil, count: slices)
    func slice(_ moment: Int) -> Int {
      let share = Double(moment) / 1e9 / look.elapsed
      return max(0, min(slices - 1, Int(min(1, share) * Double(slices))))
    }
    for moment in look.view.capture.moments {
      let index = slice(moment.moment)
      most[index] = max(most[index] ?? 0, max(moment.highest, moment.live))
      last[index] = moment.live
    }
    let header = look.header
    let top = slice(header.peakMoment)
    most[top] = max(most[top] ?? 0, header.peak)
    let end = slice(header.lastMoment)
    most[end] = max(most[end] ?? 0, header.live)
    last[end] = header.live
    // Where nothing was noted, there is as much as there was before.
    var known = 0
    return most.indices.map { index in
      let bytes = max(most[index] ?? 0, known)
      known = last[index] ?? known
      return bytes
    }
  }
}
