// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Time, cut into stretches of equal length; in nanoseconds.
struct StretchGrid {
  /// The shortest step of a capture's timeline.
  static let least = 10_000_000
  /// Moments that a capture has at most.
  private static let mostMoments = 2048

  var begin: Int
  var length: Int

  init(begin: Int, length: Int) {
    self.begin = begin
    self.length = length
  }

  /// The one that has this stretch, and begins at `moment` or earlier.
  init(with stretch: Range<Int>, from moment: Int) {
    length = stretch.count
    let before = max(0, stretch.lowerBound - moment)
    begin = stretch.lowerBound - (before + length - 1) / length * length
  }

  func index(of moment: Int) -> Int { max(0, moment - begin) / length }

  func stretch(_ index: Int) -> Range<Int> {
    begin + index * length..<begin + (index + 1) * length
  }

  /// How closely a capture tells moments apart: the longest of its steps and of the distances between
  /// its moments.
  static func resolution(of header: CaptureHeader) -> Int {
    var length = least
    while length < Int(header.step) * 1_000_000 || header.lastMoment / length > mostMoments {
      length *= 2
    }
    return length
  }
}

/// What a process had in use in each stretch of its life, in bytes.
struct StretchUsage {
  /// Which stretches these are.
  let indices: Range<Int>
  /// The most that it may have had, and the least that it had when that was noted.
  private(set) var most: [Int]
  private(set) var least: [Int]

  private let begin: Int
  private let grid: StretchGrid

  /// Costs the number of moments and of stretches.
  init(_ capture: Capture, begin: Int, _ grid: StretchGrid) {
    let header = capture.header
    self.begin = begin
    self.grid = grid
    let last = grid.index(of: begin + header.lastMoment)
    indices = grid.index(of: begin)..<last + 1
    most = [Int](repeating: 0, count: indices.count)
    least = [Int](repeating: .max, count: indices.count)
    var before = CaptureMoment()
    before.live = header.baseline
    var end = CaptureMoment()
    end.moment = header.lastMoment
    end.live = header.live
    for one in capture.moments + [end] where one.moment >= before.moment {
      let highest = min(max(one.highest, one.live), header.peak)
      note(before.live, before.moment..<one.moment)
      // What was highest came now, or soon after the moment before, or it would have been noted earlier.
      raise(to: highest, one.moment..<one.moment)
      if highest > max(one.live, before.live) {
        raise(to: highest, before.moment..<min(before.moment + grid.length, one.moment))
      }
      note(one.live, one.moment..<one.moment)
      before = one
    }
    raise(to: header.peak, header.peakMoment..<header.peakMoment)
    // There were moments in these at which it did not exist.
    least[0] = 0
    least[least.count - 1] = 0
  }

  private mutating func note(_ live: Int, _ moments: Range<Int>) {
    for place in places(moments) {
      most[place] = max(most[place], live)
      least[place] = min(least[place], max(0, live))
    }
  }

  private mutating func raise(to highest: Int, _ moments: Range<Int>) {
    for place in places(moments) { most[place] = max(most[place], highest) }
  }

  /// Where the stretches stand that have to do with moments since the process began, both ends included.
  private func places(_ moments: Range<Int>) -> Range<Int> {
    let first = grid.index(of: begin + moments.lowerBound) - indices.lowerBound
    let last = grid.index(of: begin + moments.upperBound) - indices.lowerBound
    return (first..<last + 1).clamped(to: most.indices)
  }
}
