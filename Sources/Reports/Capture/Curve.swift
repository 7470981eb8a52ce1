// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// Memory over time in one row: each cell as high as the most that was in use meanwhile.
///
/// A moment says what was in use until then, since the one before; what it says of the most was at the
/// beginning of that.
struct Curve {
  private static let eighths = Array("▁▂▃▄▅▆▇█").map(String.init)

  /// The row; nil where too little is known, or where it cannot be drawn.
  static func row(_ view: CaptureView, style: Style) -> String? {
    let moments = view.capture.moments
    let last = view.header.lastMoment
    guard style.bars, moments.count > 3, last > 0, view.header.peak > 0 else { return nil }
    let cells = min(60, moments.count, (style.width ?? 80) - 14)
    guard cells >= 8 else { return nil }
    var highest = [Int](repeating: 0, count: cells)
    func cell(_ moment: Int) -> Int {
      min(cells - 1, Int(Double(min(moment, last)) / Double(last) * Double(cells)))
    }
    func note(_ cell: Int, _ bytes: Int) { highest[cell] = max(highest[cell], bytes) }
    var begin = 0
    for moment in moments {
      note(begin, moment.highest)
      for cell in begin...max(begin, cell(moment.moment)) { note(cell, moment.live) }
      begin = cell(moment.moment)
    }
    note(cell(view.header.peakMoment), view.header.peak)
    let text = highest.map { bytes in
      let share = Double(max(0, bytes)) / Double(view.header.peak)
      return eighths[min(7, Int(share * 8))]
    }.joined()
    return text + "  " + style.duration(view.capture.duration)
  }
}
