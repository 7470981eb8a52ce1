// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// A series under construction: what is measured, what was found, and the rule by which a peak
// between two readings gets into it.

import CAgent

/// What a series counts besides the process itself.
enum Children: Int32 {
  /// Nothing.
  case ignored = 0
  /// The descendants' memory, added up.
  case added = 1
  /// Each descendant in a row of its own.
  case listed = 2
}

/// The readings of one process over time.
struct Series {
  /// The process, 0 for this one.
  let process: Int
  let metric: MemoryMetric
  let children: Children
  /// The stretch of the high-water mark that covers the series, or -1.
  var stretch: Int32 = -1
  /// The kernel's mark at the start, where it could not be reset: only a higher one says something
  /// about this series.
  var earlierMark = Int.max
  private(set) var store = SampleStore()
  /// How many readings of the series itself there are; rows of descendants do not count.
  private(set) var length = 0
  private var highest = 0
  private var lastTime = 0.0

  init(process: Int, metric: MemoryMetric, children: Children) {
    self.process = process
    self.metric = metric
    self.children = children
    if process == 0, metric == .resident, children != .added {
      stretch = beginHighWater()
      if stretch < 0 { earlierMark = notedMark(through: programFiles).bytes }
    }
  }

  /// Reads once.
  ///
  /// Answers false when the process has ended.
  mutating func read(through files: borrowing SelfFiles, atLeast readings: Int = 0) -> Bool {
    let time = Double(nanoseconds(of: CLOCK_REALTIME)) / 1e9
    // The mark first: what grows between the two readings must not look like a peak that is over.
    let mark = mark(through: files)
    var bytes =
      process == 0 ? ownMemory(metric, through: files) : memory(of: process, metric)
    if bytes < 0 { return false }
    if children == .added { bytes = bytes &+ descendantsMemory() }
    let peak = max(mark, bytes)
    // The mark rose above everything seen, and above what is there now: the peak was in between.
    if length > 0, peak > highest, peak > bytes { add(peak, (lastTime + time) / 2) }
    // A series that was over before the second reading still shows start, height and end.
    while length > 0, length &+ 1 < readings { add(peak, (lastTime + time) / 2) }
    add(bytes, time)
    if children == .listed { listDescendants(time) }
    return true
  }

  /// Ends the stretch of the mark and forgets the samples after copying them.
  mutating func finish(into target: UnsafeMutablePointer<Sample>?, capacity: Int) {
    if stretch >= 0 { _ = endHighWater(stretch) }
    stretch = -1
    unsafe store.move(to: target, capacity: capacity)
  }

  private mutating func add(_ bytes: Int, _ time: Double) {
    store.append(Sample(process: 0, bytes: bytes, time: time))
    highest = max(highest, bytes)
    lastTime = time
    length = length &+ 1
  }

  private func mark(through files: borrowing SelfFiles) -> Int {
    if stretch >= 0 { return highWater(of: stretch, through: files) }
    if earlierMark == Int.max { return -1 }
    return notedMark(through: files).bytes > earlierMark ? highWaterMark(through: files) : -1
  }

  private func descendantsMemory() -> Int {
    let list = family(of: subject)
    var total = 0
    var next = 1
    while next < list.count {
      total = total &+ max(memory(of: list[next], metric), 0)
      next = next &+ 1
    }
    return total
  }

  private mutating func listDescendants(_ time: Double) {
    let list = family(of: subject)
    var next = 1
    while next < list.count {
      let bytes = memory(of: list[next], metric)
      if bytes >= 0 { store.append(Sample(process: list[next], bytes: bytes, time: time)) }
      next = next &+ 1
    }
  }

  private var subject: Int {
    process == 0 ? kernel(Int32(SYS_getpid)) : process
  }
}
