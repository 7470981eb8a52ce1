// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// Memory over time in one row: each cell as high as the most that was in use meanwhile.
struct Curve {
  private static let eighths = Array("▁▂▃▄▅▆▇█").map(String.init)

  /// The row; nil where too little is known, or where it cannot be drawn.
  static func row(_ view: CaptureView, style: Style) -> String? {
    let moments = view.capture.moments
    let last = view.header.lastMoment
    guard style.bars, moments.count > 3, last > 0, view.header.peak > 0 else { return nil }
    let cells = min(60, moments.count, (style.width ?? 80) - 14)
    guard cells >= 8 else { return nil }
    var highest = [Int?](repeating: nil, count: cells)
    func note(_ moment: Int, _ bytes: Int) {
      let cell = min(cells - 1, Int(Double(moment) / Double(last) * Double(cells)))
      highest[cell] = max(highest[cell] ?? 0, bytes)
    }
    for moment in moments { note(min(moment.moment, last), max(moment.highest, moment.live)) }
    note(view.header.peakMoment, view.header.peak)
    var known = 0
    let text = highest.map { bytes in
      known = bytes ?? known
      let share = Double(max(0, known)) / Double(view.header.peak)
      return eighths[min(7, Int(share * 8))]
    }.joined()
    return text + "  " + style.duration(view.capture.duration)
  }
}
