// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// What each stack holds at a moment: flat columns, one entry for each entry of the counters.
struct Holdings {
  /// Bytes; in a window the increase.
  var bytes: [Int]
  /// Blocks; empty where the timeline was asked, which has none.
  var blocks: [Double] = []
  /// The variance of the bytes; from the timeline, and at the peak of a tree, the most that it can be.
  var variance: [Double]

  init(_ capture: Capture, _ when: When) {
    switch when {
    case .peak:
      let epoch = capture.header.peakEpoch
      // A peak that came while the tables were read is as good.
      func isNoted(_ one: CaptureCounters) -> Bool { one.epoch >= epoch }
      bytes = capture.counters.map { isNoted($0) ? $0.atPeak : $0.live }
      blocks = capture.counters.map { isNoted($0) ? $0.blocksAtPeak : $0.liveBlocks }
      variance = capture.counters.map { isNoted($0) ? $0.varianceAtPeak : $0.liveVariance }
    case .end:
      bytes = capture.counters.map(\.live)
      blocks = capture.counters.map(\.liveBlocks)
      variance = capture.counters.map(\.liveVariance)
    case .at(let seconds):
      bytes = Self.held(capture, at: seconds)
      variance = Self.mostVariance(bytes, capture)
    case .window(let first, let second):
      let before = Self.held(capture, at: first)
      let after = Self.held(capture, at: second)
      bytes = zip(after, before).map { $0.minus($1) }
      variance = zip(Self.mostVariance(before, capture), Self.mostVariance(after, capture))
        .map { $0 + $1 }
    }
  }

  /// Of each stack what its first change after the moment says; without one what it holds now.
  ///
  /// Changes come in any order, and may be there twice. A process of a tree that had not begun, or
  /// had ended, held nothing.
  private static func held(_ capture: Capture, at seconds: Double) -> [Int] {
    let moment = Int(clamping: seconds * 1000)
    var held = capture.counters.map(\.live)
    var first = Array(repeating: Int.max, count: held.count)
    for change in capture.changes {
      let until = Int(change.until)
      let index = Int(change.counters)
      if until > moment, until < first[index] {
        first[index] = until
        held[index] = change.live
      }
    }
    // What the report prints as the end may be a little later.
    let last = min(Int(clamping: seconds * 1e9), capture.header.lastMoment)
    for process in capture.processes where !process.isAlive(at: last) {
      for index in process.counters.clamped(to: held.indices) { held[index] = 0 }
    }
    return held
  }

  /// A block of `n` bytes that is sampled adds `n² (1 - p) / p²`, which is less than the interval times
  /// the `n / p` that it counts as.
  private static func mostVariance(_ bytes: [Int], _ capture: Capture) -> [Double] {
    let interval = Double(capture.header.interval)
    return bytes.map { interval * Double($0.magnitude) }
  }
}
