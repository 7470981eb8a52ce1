// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The joint peak of captures that were made apart, as their timelines tell it.
///
/// No process has known what the others had in use. What is known of each is the most that it had within
/// some stretch of time: together they had no more than the sum of these.
struct JointEstimate: Equatable {
  /// The most that all together may have had in use, in bytes; and how much less it may have been.
  var peak: Int
  var bound: Int
  /// When that was, in nanoseconds of the clock that the captures were given.
  var stretch: Range<Int>

  init(peak: Int, bound: Int, stretch: Range<Int>) {
    self.peak = peak
    self.bound = bound
    self.stretch = stretch
  }

  /// As a tree's file has it; nil if its peak was not found so.
  init?(_ header: CaptureHeader, _ joint: JointPage) {
    guard header.flags & CaptureFlags.joined != 0 else { return nil }
    peak = joint.peak
    bound = min(max(0, header.peakBound), Capture.most)
    stretch = joint.peakMoment..<joint.peakMoment + max(1, Int(header.step)) * 1_000_000
  }

  /// Writes it down where the initializer finds it.
  func put(into header: inout CaptureHeader) {
    header.flags |= CaptureFlags.joined
    header.peak = peak
    header.peakBound = bound
    header.step = UInt32(clamping: stretch.count / 1_000_000)
  }
}

/// Adds up what captures say of stretches of equal length.
struct JointEstimating {
  private static let mostStretches = 1 << 16
  /// What is less by this part of it is as good as the peak.
  private static let slack = 100
  private let grid: StretchGrid
  /// By stretch: the sums of what each had at most and at least, and the most that these differ by in one
  /// of them.
  private var most: [Int]
  private var least: [Int]
  private var difference: [Int]

  /// For captures with these headers, whose `begin` is by a clock that they have in common.
  init(_ headers: [CaptureHeader]) {
    let begin = headers.map(\.begin).min() ?? 0
    let end = headers.map { $0.begin + $0.lastMoment }.max() ?? 0
    // No capture tells shorter stretches apart.
    var length = headers.map { StretchGrid.resolution(of: $0) }.max() ?? StretchGrid.least
    while (end - begin) / length >= Self.mostStretches { length *= 2 }
    grid = StretchGrid(begin: begin, length: length)
    let count = grid.index(of: end) + 1
    most = [Int](repeating: 0, count: count)
    least = most
    difference = most
  }

  mutating func add(_ capture: Capture, begin: Int) {
    let usage = StretchUsage(capture, begin: begin, grid)
    for (place, index) in usage.indices.enumerated() where index < most.count {
      most[index] = most[index].capped(plus: usage.most[place])
      least[index] = least[index].capped(plus: usage.least[place])
      difference[index] = max(difference[index], usage.most[place] - usage.least[place])
    }
  }

  /// The most that all together may have had, and the middle of the longest time for which they had that.
  ///
  /// There what each stack held is known best: nothing happened for a while.
  func estimate() -> JointEstimate {
    let peak = min(max(0, most.max() ?? 0), Capture.most)
    var longest = 0..<0
    var start: Int?
    for index in 0...most.count {
      if index < most.count, most[index] >= peak - peak / Self.slack {
        start = start ?? index
      } else if let first = start {
        if index - first > longest.count { longest = first..<index }
        start = nil
      }
    }
    let middle = (longest.lowerBound + longest.upperBound) / 2
    let certain = longest.map { least[$0].capped(plus: difference[$0]) }.max() ?? 0
    return JointEstimate(
      peak: peak, bound: min(max(0, peak.capped(minus: certain)), Capture.most),
      stretch: grid.stretch(middle))
  }
}
