// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What was in use at the moments of a recording.
struct PageMoments {
  let moments: [CaptureMoment]

  /// Of more moments than `most`, each slice's last, with the highest of the slice.
  init(_ capture: Capture, most: Int) {
    let all = capture.moments
    guard all.count > most else {
      moments = all
      return
    }
    let size = (all.count + most - 1) / most
    moments = stride(from: 0, to: all.count, by: size).map { start in
      let slice = all[start..<min(start + size, all.count)]
      var one = slice[slice.endIndex - 1]
      one.highest = slice.map(\.highest).max() ?? one.highest
      return one
    }
  }

  var milliseconds: [Double] { moments.map { Double($0.moment) / 1e6 } }
  var live: [Double] { moments.map { Double($0.live) } }
  var highest: [Double] { moments.map { Double($0.highest) } }
  var resident: [Double] { moments.map { Double($0.resident) } }
}
