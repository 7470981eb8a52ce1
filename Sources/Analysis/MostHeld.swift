// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// The most bytes that some entries of the counters held together, by the timeline.
package struct MostHeld {
  package let bytes: Int

  /// Costs a look at every change, and the sorting of those of the entries.
  package init(_ capture: Capture, _ isMeant: (Int) -> Bool) {
    var changes: [Int: [(until: Int, live: Int)]] = [:]
    for index in capture.counters.indices.dropFirst() where isMeant(index) { changes[index] = [] }
    for change in capture.changes {
      changes[Int(change.counters)]?.append((Int(change.until), change.live))
    }
    var steps: [(moment: Int, change: Int)] = []
    for (index, changes) in changes {
      let life = Self.life(of: index, capture)
      // Of equal moments the first in the table counts.
      let sorted = changes.enumerated().sorted { ($0.1.until, $0.0) < ($1.1.until, $1.0) }
      var (begin, held) = (0, 0)
      func hold(_ bytes: Int) {
        let moment = max(begin, life.lowerBound)
        guard moment < life.upperBound else { return }
        steps.append((moment, bytes.minus(held)))
        held = bytes
      }
      for (_, change) in sorted where change.until > begin {
        hold(change.live)
        begin = change.until
      }
      hold(capture.counters[index].live)
      if life.upperBound < Int.max { steps.append((life.upperBound, 0.minus(held))) }
    }
    steps.sort { $0.moment < $1.moment }
    var (sum, most) = (0, 0)
    for (index, step) in steps.enumerated() {
      sum = sum.plus(step.change)
      let isLast = index + 1 == steps.count || steps[index + 1].moment > step.moment
      if isLast { most = max(most, sum) }
    }
    bytes = most
  }

  /// When there was the process that an entry is of, in milliseconds.
  private static func life(of index: Int, _ capture: Capture) -> Range<Int> {
    guard let process = capture.processes.first(where: { $0.counters.contains(index) }) else {
      return 0..<Int.max
    }
    let begin = max(0, process.begin / 1_000_000)
    // What is there at the end of all remains.
    let isLast = process.end >= capture.header.lastMoment
    return begin..<(isLast ? Int.max : max(begin, process.end / 1_000_000))
  }
}
