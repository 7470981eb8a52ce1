// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// One recording: which stacks allocate, and which hold the memory at its peak.
//
// In sampled mode a block is due every few hundred KiB, by the comparison that an allocation makes anyway;
// in exact mode every block is.
//
// The moment and the height of the peak come from the ledgers, which count every block, in both modes. A
// thread adds its figures to the whole when a block of it is due, and at least every `batch` bytes. Every
// new peak has a number; counters that are touched for the first time since note what they held. So the
// peak is attributed without a log: what was not touched since still holds what it held then.

import CAgent
import CaptureFormat

/// A recording; its tables are used with the lock of all recordings held.
struct Recording: BitwiseCopyable {
  /// Bytes that a thread may take before it adds them to the whole: in sampled mode; and in exact mode
  /// among other threads.
  static let batch = 1 << 16
  static let exactBatch = 1 << 12
  /// A block of so many bytes is a reason to look at the clock, also in exact mode: a program that waits
  /// between a few large ones would be noted at wrong moments.
  static let large = 1 << 15

  /// Which of the places it has.
  let place: Int
  var tables = CaptureTables()
  var sites = Sites()
  var timeline = Timeline()
  var samples = SampledBlocks()
  var shadow = Shadow()
  /// Tells it from every other of the process.
  var number = 0
  var interval = 0
  var seed: UInt64 = 0
  var isExact = false
  /// Blocks from before it began do not count, nor does it when they are freed; in exact mode only.
  var countsOnlyNew = false
  /// When it began, and the last moment that was looked at, by the monotonic clock.
  var start = 0
  var now = 0
  var ticks: UInt64 = 0
  var events: UInt32 = 0
  /// Where the number of the tree's last peak stands; of a recording that is of no tree it stands still.
  var jointEpochPlace = 0
  /// What was last said of this process's bytes in use (`JointTotal`), and by how much they have to change
  /// before that is said again: endless where it is of no tree.
  var jointSaid = 0
  var jointBatch = Int.max / 4
  /// It is of a process that was forked from a recorded one: what that had is not its own.
  var isForked = false
  /// Threads that have records at this place, each of which takes about 8 KiB.
  var threadsMapped = 0
  /// Threads that were met so far; stacks of those beyond a number are not told apart.
  var threads = 0
  /// As many of them as ran at the same time at most: each has a ledger, which is handed on.
  var ledgers = 0

  var header: Ref<CaptureHeader> { tables.file.header }

  /// Whether it is the one of this process in a tree.
  var isOfTree: Bool { jointBatch == JointPage.batch }
}

extension Recording {
  /// Enters a block under the counters of a stack.
  mutating func enter(
    _ block: Address, _ weight: Weight, _ stack: UInt32, _ thread: Ref<RecordedThread>,
    _ ledger: Ref<ThreadLedger>
  ) {
    noteTime(weight.bytes)
    let index = stack == 0 ? 0 : tables.counters(of: stack)
    if index == 0 {
      drop()
      return report(thread, ledger)
    }
    // What is still known at this address was freed unseen.
    if let stale = take(block) { leave(stale, isTemporary: false) }
    let isKept =
      isExact
      ? shadow.put(block, index)
      : samples.put(SampledBlock(address: block, counters: index, weight: weight))
    if !isKept { header[].droppedForMemory &+= 1 }
    add(weight, to: index)
    if isKept {
      thread[].own = thread[].own &+ weight.bytes
    } else {
      leave(SampledBlock(counters: index, weight: weight), isTemporary: false)
    }
    thread[].lastBlock = block
    thread[].blocksThen = ledger[].allocationsOfAllKinds
    report(thread, ledger)
  }

  @inline(__always)
  mutating func add(_ weight: Weight, to index: UInt32) {
    let counters = tables.counters(index)
    lock(counters)
    catchUp(counters)
    timeline.touch(counters, index, &tables)
    counters[].allocated = counters[].allocated &+ weight.bytes
    counters[].allocations += weight.blocks
    counters[].allocatedVariance += weight.variance
    counters[].live = counters[].live &+ weight.bytes
    counters[].liveBlocks += weight.blocks
    counters[].liveVariance += weight.variance
    unlock(counters)
  }

  func drop() {
    if tables.file.isDiskFull {
      header[].droppedForDisk &+= 1
    } else {
      header[].droppedForRoom &+= 1
    }
  }

  /// What is known of a block, which is forgotten.
  @inline(__always)
  mutating func take(_ block: Address) -> SampledBlock? {
    if !isExact { return samples.take(block) }
    let index = shadow.take(block)
    return index == 0 ? nil : SampledBlock(address: block, counters: index)
  }

  /// Takes a block's weight from its counters.
  mutating func leave(_ block: SampledBlock, isTemporary: Bool) {
    // The parent's, in a forked process.
    if block.counters == 0 { return }
    let counters = tables.counters(block.counters)
    lock(counters)
    catchUp(counters)
    timeline.touch(counters, block.counters, &tables)
    counters[].live = counters[].live &- block.weight.bytes
    counters[].liveBlocks -= block.weight.blocks
    counters[].liveVariance -= block.weight.variance
    if isTemporary {
      counters[].temporary = counters[].temporary &+ block.weight.bytes
      counters[].temporaryBlocks += block.weight.blocks
    }
    unlock(counters)
  }

  /// Enters a block again that was not freed after all.
  mutating func putBack(_ block: SampledBlock, _ thread: Ref<RecordedThread>) {
    let isKept = isExact ? shadow.put(block.address, block.counters) : samples.put(block)
    if !isKept { return }
    if block.counters == 0 {
      thread[].inherited = thread[].inherited &+ block.weight.bytes
      return
    }
    thread[].own = thread[].own &+ block.weight.bytes
    let counters = tables.counters(block.counters)
    lock(counters)
    catchUp(counters)
    counters[].live = counters[].live &+ block.weight.bytes
    counters[].liveBlocks += block.weight.blocks
    counters[].liveVariance += block.weight.variance
    unlock(counters)
  }

  /// Notes what counters held at the last peak, of the process and of the tree, if they were not touched
  /// since.
  @inline(__always)
  func catchUp(_ counters: Ref<CaptureCounters>) {
    let epoch = header[].peakEpoch
    if counters[].epoch != epoch {
      counters[].atPeak = counters[].live
      counters[].blocksAtPeak = counters[].liveBlocks
      counters[].varianceAtPeak = counters[].liveVariance
      counters[].epoch = epoch
    }
    let joint = peakline_count_load(jointEpochPlace)
    if counters[].jointEpoch != joint {
      counters[].atJoint = counters[].live
      counters[].blocksAtJoint = Float(counters[].liveBlocks)
      counters[].jointEpoch = joint
    }
  }

  /// Says what this process has in use, if that has changed by a batch.
  @inline(__always)
  mutating func lookAtJoint() {
    let change = header[].live &- jointSaid
    if UInt(bitPattern: change &+ jointBatch) > UInt(bitPattern: jointBatch) &* 2 { sayJoint() }
  }

  @inline(never)
  private mutating func sayJoint() {
    jointSaid = header[].live
    treeMember.joint.say(jointSaid)
  }

  /// Adds a thread's figures to the whole, and looks whether that is a new peak.
  @inline(__always)
  mutating func report(_ thread: Ref<RecordedThread>, _ ledger: Ref<ThreadLedger>) {
    report(inUse(thread, ledger), thread, ledger)
  }

  /// What a thread has in use, as far as it counts.
  @inline(__always)
  func inUse(_ thread: Ref<RecordedThread>, _ ledger: Ref<ThreadLedger>) -> Int {
    countsOnlyNew ? thread[].own : ledger[].live &- thread[].inherited
  }

  /// The same where the thread will have so much in use in a moment, when the ledger knows it too.
  @inline(__always)
  mutating func report(
    _ live: Int, _ thread: Ref<RecordedThread>, _ ledger: Ref<ThreadLedger>
  ) {
    let header = header
    header[].live = header[].live &+ (live &- thread[].live)
    thread[].live = live
    thread[].settled = live
    if header[].live > header[].peak { raisePeak(thread) }
    lookAtJoint()
    if !isExact || events & 63 == 0 { reportVolumes(thread, ledger) }
  }

  mutating func reportVolumes(_ thread: Ref<RecordedThread>, _ ledger: Ref<ThreadLedger>) {
    let header = header
    let allocated = ledger[].allocatedOfAllKinds
    header[].allocated = header[].allocated &+ (allocated &- thread[].allocated)
    thread[].allocated = allocated
    let freed = ledger[].freedOfAllKinds
    header[].freed = header[].freed &+ (freed &- thread[].freed)
    thread[].freed = freed
    let allocations = ledger[].allocationsOfAllKinds
    header[].allocations = header[].allocations &+ (allocations &- thread[].allocations)
    thread[].allocations = allocations
    let dropped = ledger[].droppedForNesting
    header[].droppedForNesting &+= Int(dropped &- thread[].dropped)
    thread[].dropped = dropped
  }

  /// Notes by how much a peak may be missed: what threads may have that they have not said yet.
  func boundPeak() {
    let unsaid = isExact ? Recording.exactBatch : Recording.batch
    header[].peakBound = isExact && ledgers < 2 ? 0 : unsaid &* max(1, ledgers)
  }

  private mutating func raisePeak(_ thread: Ref<RecordedThread>) {
    let header = header
    if ledgers > 1 {
      // Others may have freed what they have not reported yet.
      let live = wholeLive(thread)
      header[].live = live
      if live <= header[].peak { return }
    }
    header[].peak = header[].live
    header[].peakEpoch = header[].peakEpoch &+ 1
    header[].peakMoment = now &- start
    timeline.note(highest: header[].live)
  }

  /// What is in use by all threads now.
  ///
  /// A block that one of them has just been given and has not entered yet is not counted, or the peak would
  /// be without it, and it would not be seen any more that it is a part of it.
  private func wholeLive(_ reporting: Ref<RecordedThread>) -> Int {
    var live = header[].live
    let place = place
    let number = number
    forEachLedger { ledger in
      if let one = ledger[].recorded(at: place), one[].recording == number, !(one == reporting) {
        let present = min(inUse(one, ledger), one[].settled)
        live = live &+ (present &- one[].live)
        one[].live = present
      }
    }
    return live
  }

  /// Looks at the clock for a block: in exact mode now and then, since it costs as much as recording it.
  @inline(__always)
  mutating func noteTime(_ bytes: Int) {
    events = events &+ 1
    if isExact && events & 31 != 0 && bytes < Recording.large { return }
    let present = peakline_ticks()
    // About half a millisecond.
    if present &- ticks < 1 &<< 20 { return }
    ticks = present
    lookAtClock()
  }

  @inline(never)
  mutating func lookAtClock() {
    now = nanoseconds(of: CLOCK_MONOTONIC)
    header[].lastMoment = now &- start
    header[].agentBytes =
      tables.bytes &+ samples.bytes &+ shadow.bytes &+ threadsMapped &* RecordedThread.touched
      &+ sites.bytes
    header[].liveBlocks = UInt32(truncatingIfNeeded: samples.count)
    timeline.advance(to: now &- start, &tables)
    if isOfTree && treeMember.joint.isOver { endOfTree() }
  }
}

// MARK: - Mappings

extension Recording {
  mutating func enterMapping(
    _ bytes: Int, _ weight: Weight, _ stack: UInt32, _ thread: Ref<RecordedThread>,
    _ ledger: Ref<ThreadLedger>
  ) -> MappingRecord? {
    noteTime(weight.bytes)
    defer { report(thread, ledger) }
    let index = stack == 0 ? 0 : tables.counters(of: stack)
    if index == 0 {
      drop()
      return nil
    }
    add(weight, to: index)
    thread[].own = thread[].own &+ weight.bytes
    return MappingRecord(
      counters: index, recording: UInt32(truncatingIfNeeded: number),
      bytesForEach: Double(weight.bytes) / Double(bytes),
      blocksForEach: weight.blocks / Double(bytes),
      varianceForEach: weight.variance / Double(bytes))
  }

  mutating func leaveMapping(
    _ record: MappingRecord, _ bytes: Int, _ thread: Ref<RecordedThread>?
  ) {
    let bytes = Double(bytes)
    let weight = Int(nearest: bytes * record.bytesForEach)
    noteTime(weight)
    if let thread { thread[].own = thread[].own &- weight }
    let counters = tables.counters(record.counters)
    lock(counters)
    catchUp(counters)
    timeline.touch(counters, record.counters, &tables)
    counters[].live = counters[].live &- weight
    counters[].liveBlocks -= bytes * record.blocksForEach
    counters[].liveVariance -= bytes * record.varianceForEach
    unlock(counters)
  }
}
