// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Memory over time, in tables of a fixed size however long the program runs: when one is full, every
// other entry goes and the steps become twice as long. Entries are moved within the table, so that a
// process killed meanwhile leaves some of them twice; the reader puts them in order.

import CAgent
import CaptureFormat

/// The moments of a capture, and what stacks held at them; used with the recording held.
struct Timeline {
  private static let mostMoments = 2048
  /// 2 MiB.
  private static let mostChanges = 1 << 17
  private static let millisecond = 1_000_000

  /// The least length of a step, in milliseconds; and how many of them a step lasts at present, as a power
  /// of two.
  private static let least: UInt32 = 10
  private var doublings: UInt32 = 0
  /// When the present step began, in milliseconds.
  private(set) var step: UInt32 = 0
  private var momentLength = 10 &* Timeline.millisecond
  private var nextMoment = 0
  /// The most in use since the last moment.
  private var highest = 0

  /// Looks whether a new step has begun.
  mutating func advance(to moment: Int, _ tables: inout CaptureTables) {
    step = beginning(of: UInt32(truncatingIfNeeded: moment / Timeline.millisecond))
    highest = max(highest, tables.file.header[].live)
    if moment >= nextMoment { note(moment, &tables) }
  }

  /// When the step of a millisecond began.
  private func beginning(of time: UInt32) -> UInt32 {
    ((time / Timeline.least) &>> doublings) &<< doublings &* Timeline.least
  }

  mutating func note(highest live: Int) { highest = max(highest, live) }

  /// Notes what is in use now.
  mutating func note(_ moment: Int, _ tables: inout CaptureTables) {
    let header = tables.file.header
    let number = CaptureTable.moments.rawValue
    var count = Int(unsafe header[].counts[unchecked: number])
    if count >= Timeline.mostMoments {
      count = thinMoments(count, tables)
      unsafe header[].counts[unchecked: number] = UInt32(truncatingIfNeeded: count)
      momentLength = momentLength &* 2
    }
    let place = tables.file.entry(.moments, count, stride: MemoryLayout<CaptureMoment>.stride)
    nextMoment = moment &+ momentLength
    guard let entry = Ref<CaptureMoment>(address: place) else { return }
    var one = CaptureMoment()
    one.moment = moment
    one.live = header[].live
    one.highest = max(highest, one.live)
    let resident = residentBytes()
    one.resident = resident > 0 ? resident &- ownBytes() : 0
    entry[] = one
    unsafe header[].counts[unchecked: number] = UInt32(truncatingIfNeeded: count &+ 1)
    highest = 0
  }

  private func thinMoments(_ count: Int, _ tables: borrowing CaptureTables) -> Int {
    let first = Ref<CaptureMoment>(known: tables.file.base(.moments))
    var kept = 0
    while kept &* 2 &+ 1 < count {
      var one = first.advanced(by: kept &* 2 &+ 1)[]
      one.highest = max(one.highest, first.advanced(by: kept &* 2)[].highest)
      first.advanced(by: kept)[] = one
      kept = kept &+ 1
    }
    return kept
  }

  /// Leaves behind what a stack held until now, if this is its first change in the present step.
  @inline(__always)
  mutating func touch(
    _ counters: Ref<CaptureCounters>, _ index: UInt32, _ tables: inout CaptureTables
  ) {
    if counters[].step != step { leave(counters, index, &tables) }
  }

  @inline(never)
  private mutating func leave(
    _ counters: Ref<CaptureCounters>, _ index: UInt32, _ tables: inout CaptureTables
  ) {
    let header = tables.file.header
    let number = CaptureTable.timeline.rawValue
    counters[].step = step
    var count = Int(unsafe header[].counts[unchecked: number])
    if count >= Timeline.mostChanges {
      count = thinChanges(count, tables)
      unsafe header[].counts[unchecked: number] = UInt32(truncatingIfNeeded: count)
      if count >= Timeline.mostChanges {
        header[].droppedChanges = header[].droppedChanges &+ 1
        return
      }
    }
    header[].step = Timeline.least &<< doublings
    let place = tables.file.entry(.timeline, count, stride: MemoryLayout<CaptureChange>.stride)
    guard let entry = Ref<CaptureChange>(address: place) else {
      header[].droppedChanges = header[].droppedChanges &+ 1
      return
    }
    var change = CaptureChange()
    change.counters = index
    change.until = step
    change.live = counters[].live
    entry[] = change
    unsafe header[].counts[unchecked: number] = UInt32(truncatingIfNeeded: count &+ 1)
  }

  /// Makes steps twice as long, and keeps of each stack's changes the first in each step.
  ///
  /// The moment of a change is rounded down to its new step, as those to come are. What was changed
  /// last is found in the counters: those of a stack that is in step already need no more.
  private mutating func thinChanges(_ count: Int, _ tables: borrowing CaptureTables) -> Int {
    doublings = doublings &+ 1
    step = beginning(of: step)
    let first = Ref<CaptureChange>(known: tables.file.base(.timeline))
    let base = tables.file.base(.counters)
    var kept = 0
    var index = 0
    while index < count {
      let change = first.advanced(by: index)[]
      index = index &+ 1
      // Changes stand in the order of time, and are told apart by a mark in the counters: the last
      // that was kept of the stack.
      let counters = Ref<CaptureCounters>(
        known: base &+ Int(change.counters) &* MemoryLayout<CaptureCounters>.stride)
      let until = beginning(of: change.until)
      if counters[].lastKept == until &+ 1 { continue }
      counters[].lastKept = until &+ 1
      var moved = change
      moved.until = until
      first.advanced(by: kept)[] = moved
      kept = kept &+ 1
    }
    // The marks are for one thinning only; and what was touched in the present step still is.
    let counted = Int(unsafe tables.file.header[].counts[unchecked: CaptureTable.counters.rawValue])
    index = 1
    while index < counted {
      let counters = tables.counters(UInt32(truncatingIfNeeded: index))
      counters[].lastKept = 0
      counters[].step = beginning(of: counters[].step)
      index = index &+ 1
    }
    return kept
  }
}
