// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What the stacks of a process held at a joint peak that was found from timelines.
///
/// If the process had its own peak in that stretch of time, what each stack held is known as ever;
/// otherwise it is what the timeline says, at that moment of the stretch at which most was in use.
struct JointShare {
  /// Whether the process was there.
  let isAlive: Bool
  /// Bytes of each entry of the counters; nil: those of its own peak.
  private let held: [Int]?
  private let peakEpoch: UInt64
  private let interval: Double

  /// `begin`: of the process, by the clock of the estimate.
  init(_ capture: Capture, begin: Int, _ estimate: JointEstimate) {
    let header = capture.header
    let stretch = estimate.stretch
    peakEpoch = header.peakEpoch
    interval = Double(header.interval)
    isAlive = begin < stretch.upperBound && begin + header.lastMoment >= stretch.lowerBound
    let grid = StretchGrid(with: stretch, from: begin)
    let usage = StretchUsage(capture, begin: begin, grid)
    let place = grid.index(of: stretch.lowerBound) - usage.indices.lowerBound
    let most = usage.most.indices.contains(place) ? usage.most[place] : 0
    // As in the sums, the neighbouring stretches count.
    let near = stretch.lowerBound - stretch.count..<stretch.upperBound + stretch.count
    if isAlive, most == header.peak, near.contains(begin + header.peakMoment) {
      held = nil
    } else if isAlive {
      held = Self.fullest(capture, begin: begin, stretch)
    } else {
      held = [Int](repeating: 0, count: capture.counters.count)
    }
  }

  /// Notes it as what an entry of counters held at the peak with that number.
  func put(into one: inout CaptureCounters, _ index: Int, epoch: UInt32) {
    if let held {
      let bytes = held[index]
      if bytes != one.live {
        one.blocksAtPeak = Self.blocks(bytes, one)
        one.varianceAtPeak = interval * Double(bytes.magnitude)
      } else {
        one.blocksAtPeak = one.liveBlocks
        one.varianceAtPeak = one.liveVariance
      }
      one.atPeak = bytes
    } else if one.epoch < peakEpoch {
      one.atPeak = one.live
      one.blocksAtPeak = one.liveBlocks
      one.varianceAtPeak = one.liveVariance
    }
    one.epoch = UInt64(epoch)
  }

  /// Timelines have no numbers of blocks: as many as the stack's blocks are large in the mean.
  private static func blocks(_ bytes: Int, _ one: CaptureCounters) -> Double {
    if bytes == one.atPeak { return one.blocksAtPeak }
    return one.allocated > 0 ? one.allocations * Double(max(0, bytes)) / Double(one.allocated) : 0
  }

  /// What stacks held in a stretch: at its beginning, its end, or the moment that most was noted at,
  /// whichever was most.
  ///
  /// A timeline says what they held when a step ended.
  private static func fullest(_ capture: Capture, begin: Int, _ stretch: Range<Int>) -> [Int] {
    let own = stretch.lowerBound - begin..<stretch.upperBound - begin
    let noted = capture.moments.filter { own.contains($0.moment) }.max { $0.live < $1.live }
    var moments = [own.lowerBound - 1, own.upperBound - 1]
    if let noted { moments.append(noted.moment) }
    var best: (held: [Int], sum: Int)?
    for milliseconds in Set(moments.map { max(0, $0) / 1_000_000 }).sorted() {
      let held = capture.held(at: milliseconds)
      let sum = held.reduce(0) { $0.capped(plus: $1) }
      if sum > best?.sum ?? .min { best = (held, sum) }
    }
    return best?.held ?? []
  }
}

extension Capture {
  /// What each entry of the counters held so many milliseconds after the recording began.
  fileprivate func held(at milliseconds: Int) -> [Int] {
    var held = counters.map(\.live)
    var first = [Int](repeating: .max, count: held.count)
    for change in changes where Int(change.counters) < held.count {
      let (until, index) = (Int(change.until), Int(change.counters))
      if until > milliseconds, until < first[index] {
        first[index] = until
        held[index] = change.live
      }
    }
    return held
  }
}
