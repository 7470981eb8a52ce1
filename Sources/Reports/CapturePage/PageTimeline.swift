// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What stacks held over time, as a page has it.
struct PageTimeline {
  /// Those rows of the counters that hold or held anything, by their index in the capture.
  private(set) var counters: [Int] = []
  /// In the order of time, with rows as indices of `counters`.
  private(set) var changes: [(row: Int32, until: UInt32, live: Int)] = []
  /// How many changes were left out, and the step that remains, in milliseconds.
  private(set) var folded = 0
  private(set) var step: Int

  /// At most about `most` changes: where there are more, steps are made longer, and of each row the first
  /// change in a step stays.
  init(_ capture: Capture, nodes: [Int32], most: Int) {
    step = max(1, Int(capture.header.step))
    var present = [Bool](repeating: false, count: capture.counters.count)
    for change in capture.changes { present[Int(change.counters)] = true }
    var rows = [Int32](repeating: -1, count: capture.counters.count)
    for index in capture.counters.indices.dropFirst() where nodes[index] >= 0 {
      guard present[index] || capture.counters[index].live != 0 else { continue }
      rows[index] = Int32(counters.count)
      counters.append(index)
    }
    // Of changes until the same moment the first in the table counts.
    let order = capture.changes.indices.sorted { one, other in
      (capture.changes[one].until, one) < (capture.changes[other].until, other)
    }
    var all: [(row: Int32, until: UInt32, live: Int)] = []
    all.reserveCapacity(order.count)
    var last = [Int64](repeating: -1, count: counters.count)
    for index in order {
      let change = capture.changes[index]
      let row = rows[Int(change.counters)]
      guard row >= 0, last[Int(row)] != Int64(change.until) else { continue }
      last[Int(row)] = Int64(change.until)
      all.append((row, change.until, change.live))
    }
    let before = all.count
    while all.count > most {
      step *= 2
      let length = UInt32(clamping: step)
      last = last.map { _ in -1 }
      all = all.compactMap { change in
        let until = change.until / length * length
        guard last[Int(change.row)] != Int64(until) else { return nil }
        last[Int(change.row)] = Int64(until)
        return (change.row, until, change.live)
      }
      if step > 1 << 30 { break }
    }
    folded = before - all.count
    changes = all
  }
}
