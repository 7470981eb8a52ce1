// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What was in use at the moments of a recording.
struct PageMoments {
  private(set) var moments: [CaptureMoment]

  /// Of more moments than `most`, each slice's last, with the highest of the slice; and the peak's.
  init(_ capture: Capture, most: Int) {
    let all = capture.moments
    moments = all
    if all.count > most {
      let size = (all.count + most - 1) / most
      moments = stride(from: 0, to: all.count, by: size).map { start in
        let slice = all[start..<min(start + size, all.count)]
        var one = slice[slice.endIndex - 1]
        one.highest = slice.map(\.highest).max() ?? one.highest
        return one
      }
    }
    addPeak(capture.header)
  }

  /// When the peak was is known better than by the moment after it.
  private mutating func addPeak(_ header: CaptureHeader) {
    guard header.peak > 0,
      let next = moments.firstIndex(where: { $0.moment >= header.peakMoment })
    else { return }
    guard moments[next].moment > header.peakMoment else { return }
    if moments[next].highest >= header.peak { moments[next].highest = moments[next].live }
    var one = CaptureMoment()
    one.moment = header.peakMoment
    one.live = header.peak
    one.highest = header.peak
    one.resident = header.residentAtPeak
    moments.insert(one, at: next)
  }

  var milliseconds: [Double] { moments.map { Double($0.moment) / 1e6 } }
  var live: [Double] { moments.map { Double($0.live) } }
  var highest: [Double] { moments.map { Double($0.highest) } }
  var resident: [Double] { moments.map { Double($0.resident) } }
}
