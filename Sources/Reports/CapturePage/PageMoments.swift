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

  /// When the peak was is known better than by the moment after it, which has it as the highest until then.
  private mutating func addPeak(_ header: CaptureHeader) {
    let (peak, moment) = (header.peak, header.peakMoment)
    guard peak > 0, !moments.contains(where: { $0.moment == moment && $0.highest >= peak }),
      let next = moments.firstIndex(where: { $0.moment > moment })
    else { return }
    if moments[next].highest >= peak { moments[next].highest = moments[next].live }
    var one = CaptureMoment()
    one.moment = moment
    one.live = peak
    one.highest = peak
    // Where it was not noted, it is as it was last.
    let last = next > 0 ? moments[next - 1].resident : 0
    one.resident = header.residentAtPeak > 0 ? header.residentAtPeak : last
    moments.insert(one, at: next)
  }

  var milliseconds: [Double] { moments.map { Double($0.moment) / 1e6 } }
  var live: [Double] { moments.map { Double($0.live) } }
  var highest: [Double] { moments.map { Double($0.highest) } }
  var resident: [Double] { moments.map { Double($0.resident) } }
}
