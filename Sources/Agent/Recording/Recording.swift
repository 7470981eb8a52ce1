// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Recording a whole program: which stacks allocate, and which hold the memory at its peak.
//
// The hooks call in here for a block that is due (`recordTaken`), and for one that may be known when it is
// freed (`recordGiven`). In sampled mode a block is due every few hundred KiB, by the comparison that an
// allocation makes anyway; in exact mode every block is.
//
// The moment and the height of the peak come from the ledgers, which count every block, in both modes. A
// thread adds its figures to the whole when a block of it is due, and at least every `batch` bytes. Every
// new peak has a number; counters that are touched for the first time since note what they held. So the
// peak is attributed without a log: what was not touched since still holds what it held then.
//
// One lock guards the tables. A thread that holds it may be interrupted by a handler that allocates: that
// block is dropped, and counted. After a fork the child records nothing: the tables are its parent's. Its
// only thread is busy from before the fork on, so that it does not even wait for a lock that a thread
// holds which it does not have.

import CAgent
import CaptureFormat
import Synchronization

/// The recording of the process.
struct Recording {
  /// Bytes that a thread may take before it adds them to the whole.
  static let batch = 1 << 16

  var tables = CaptureTables()
  var timeline = Timeline()
  var samples = SampledBlocks()
  var shadow = Shadow()
  /// Counts the recordings of the process.
  var number = 0
  var interval = 0
  var seed: UInt64 = 0
  var isExact = false
  /// When it began, and the last moment that was looked at, by the monotonic clock.
  var start = 0
  var now = 0
  var ticks: UInt64 = 0
  var events: UInt32 = 0
  /// Threads that have records, each of which takes about 8 KiB.
  var threadsMapped = 0
  /// Stacks of threads beyond this number are not told apart.
  var threads = 0

  var header: Ref<CaptureHeader> { tables.file.header }
}

/// Whether blocks are recorded; threads ask before they take the lock, and again when they have it.
private let isOn = Atomic<Bool>(false)
/// The ledger of the thread that has the tables; 0 while nobody has.
private let holder = Atomic<Int>(0)

@inline(__always)
func isRecording() -> Bool { isOn.load(ordering: .relaxed) }

func setRecording(_ value: Bool) { isOn.store(value, ordering: .releasing) }

/// The one of the process: to be changed while it is held.
@safe nonisolated(unsafe) var recording = Recording()

/// Takes the recording; false, without it, if none is on any more, or if this thread has it already and
/// was interrupted.
func holdRecording() -> Bool {
  let mine = peakline_ledger_get()
  if mine == 0 { return false }
  var tries = 0
  while true {
    let attempt = holder.compareExchange(expected: 0, desired: mine, ordering: .acquiring)
    if attempt.exchanged { break }
    if attempt.original == mine || !isRecording() { return false }
    tries = tries &+ 1
    if tries > 20 { yieldProcessor() }
  }
  if isRecording() { return true }
  releaseRecording()
  return false
}

func releaseRecording() { holder.store(0, ordering: .releasing) }

/// What a recording has resident beside the ledger's memory, in bytes: the file, and about as much of its
/// records as is touched.
func recordingBytes() -> Int {
  recording.tables.file.bytes &+ recording.shadow.bytes
    &+ recording.threadsMapped &* RecordedThread.touched
}

// MARK: - Blocks that come

/// Records a block that was just counted on the ledger; called when `isRecordDue` says so.
@inline(never)
func recordTaken(_ block: Address, _ bytes: Int, _ ledger: Ref<ThreadLedger>) {
  if !isRecording() { return ledger[].recordNothing() }
  guard let thread = recordedThread(ledger) else {
    return ledger[].record(after: Recording.batch)
  }
  if thread[].isBusy {
    // A signal handler, in the middle of recording another block.
    recording.header[].droppedForNesting &+= 1
    return
  }
  thread[].isBusy = true
  let isExact = recording.isExact
  let isSample = isExact || ledger[].taken > thread[].sampleAt
  var weight = Weight(of: bytes)
  if isSample {
    if !isExact {
      weight = Weight(of: bytes, interval: recording.interval)
      thread[].sampleAt = ledger[].taken &+ thread[].random.gap(mean: recording.interval)
    }
    let stack = currentStack(thread)
    if holdRecording() {
      recording.enter(block, weight, stack, thread, ledger)
      releaseRecording()
    }
  } else if holdRecording() {
    recording.report(thread, ledger)
    releaseRecording()
  }
  if !isExact { armForRecording(ledger) }
  thread[].isBusy = false
}

extension Recording {
  /// Enters a block under the counters of a stack.
  fileprivate mutating func enter(
    _ block: Address, _ weight: Weight, _ stack: UInt32, _ thread: Ref<RecordedThread>,
    _ ledger: Ref<ThreadLedger>
  ) {
    noteTime()
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
    if !isKept { leave(SampledBlock(counters: index, weight: weight), isTemporary: false) }
    thread[].lastBlock = block
    thread[].blocksThen = ledger[].allocationsOfAllKinds
    report(thread, ledger)
  }

  @inline(__always)
  fileprivate mutating func add(_ weight: Weight, to index: UInt32) {
    let counters = tables.counters(index)
    catchUp(counters)
    timeline.touch(counters, index, &tables)
    counters[].allocated = counters[].allocated &+ weight.bytes
    counters[].allocations += weight.blocks
    counters[].allocatedVariance += weight.variance
    counters[].live = counters[].live &+ weight.bytes
    counters[].liveBlocks += weight.blocks
    counters[].liveVariance += weight.variance
  }

  fileprivate func drop() {
    if tables.file.isDiskFull {
      header[].droppedForDisk &+= 1
    } else {
      header[].droppedForRoom &+= 1
    }
  }

  /// What is known of a block, which is forgotten.
  @inline(__always)
  fileprivate mutating func take(_ block: Address) -> SampledBlock? {
    if !isExact { return samples.take(block) }
    let index = shadow.take(block)
    return index == 0 ? nil : SampledBlock(address: block, counters: index)
  }

  /// Takes a block's weight from its counters.
  fileprivate mutating func leave(_ block: SampledBlock, isTemporary: Bool) {
    let counters = tables.counters(block.counters)
    catchUp(counters)
    timeline.touch(counters, block.counters, &tables)
    counters[].live = counters[].live &- block.weight.bytes
    counters[].liveBlocks -= block.weight.blocks
    counters[].liveVariance -= block.weight.variance
    if isTemporary {
      counters[].temporary = counters[].temporary &+ block.weight.bytes
      counters[].temporaryBlocks += block.weight.blocks
    }
  }

  /// Notes what counters held at the last peak, if they were not touched since.
  @inline(__always)
  fileprivate func catchUp(_ counters: Ref<CaptureCounters>) {
    let epoch = header[].peakEpoch
    if counters[].epoch == epoch { return }
    counters[].atPeak = counters[].live
    counters[].blocksAtPeak = counters[].liveBlocks
    counters[].varianceAtPeak = counters[].liveVariance
    counters[].epoch = epoch
  }

  /// Adds a thread's figures to the whole, and looks whether that is a new peak.
  @inline(__always)
  mutating func report(_ thread: Ref<RecordedThread>, _ ledger: Ref<ThreadLedger>) {
    let header = header
    let live = ledger[].live
    header[].live = header[].live &+ (live &- thread[].live)
    thread[].live = live
    if header[].live > header[].peak { raisePeak(thread) }
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
  }

  private mutating func raisePeak(_ thread: Ref<RecordedThread>) {
    let header = header
    if threads > 1 {
      // Others may have freed what they have not reported yet.
      let live = wholeLive()
      header[].live = live
      if live <= header[].peak { return }
    }
    header[].peak = header[].live
    header[].peakEpoch = header[].peakEpoch &+ 1
    header[].peakMoment = now &- start
    timeline.note(highest: header[].live)
  }

  /// What is in use by all ledgers now, each of which is up to date then.
  private func wholeLive() -> Int {
    var live = header[].live
    let number = number
    forEachLedger { ledger in
      if let one = ledger[].recorded, one[].recording == number {
        let present = ledger[].live
        live = live &+ (present &- one[].live)
        one[].live = present
      }
    }
    return live
  }

  /// Looks at the clock: now and then in exact mode, since it costs as much as recording a block.
  @inline(__always)
  fileprivate mutating func noteTime() {
    events = events &+ 1
    if isExact && events & 31 != 0 { return }
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
      &+ siteBytes()
    header[].liveBlocks = UInt32(truncatingIfNeeded: samples.count)
    timeline.advance(to: now &- start, &tables)
  }
}

// MARK: - Blocks that go

/// Whether a block may be known.
@inline(__always)
func mayBeRecorded(_ block: Address) -> Bool {
  region(of: block) >= Region.block && isRecording() && recording.samples.mayHold(block)
}

/// Forgets a block that is about to be freed, `bytes` large; what was known of it, for who has to take that
/// back.
@inline(never)
@discardableResult
func recordGiven(_ block: Address, _ bytes: Int, _ ledger: Ref<ThreadLedger>) -> SampledBlock? {
  guard let thread = recordedThread(ledger) else { return nil }
  if thread[].isBusy {
    recording.header[].droppedForNesting &+= 1
    return nil
  }
  thread[].isBusy = true
  defer { thread[].isBusy = false }
  guard holdRecording() else { return nil }
  defer { releaseRecording() }
  guard var found = recording.take(block) else { return nil }
  if recording.isExact {
    found.weight = Weight(of: bytes)
    // The ledger counts it next. There may be no allocation after it that would report it.
    recording.header[].live &-= bytes
    thread[].live &-= bytes
  }
  let isTemporary =
    thread[].lastBlock == block && thread[].blocksThen == ledger[].allocationsOfAllKinds
  recording.leave(found, isTemporary: isTemporary)
  return found
}

/// A block that was not freed after all.
func recordKept(_ block: SampledBlock?, _ ledger: Ref<ThreadLedger>) {
  guard let block, !isForking(), holdRecording() else { return }
  defer { releaseRecording() }
  let isKept =
    recording.isExact
    ? recording.shadow.put(block.address, block.counters) : recording.samples.put(block)
  if !isKept { return }
  let counters = recording.tables.counters(block.counters)
  recording.catchUp(counters)
  counters[].live = counters[].live &+ block.weight.bytes
  counters[].liveBlocks += block.weight.blocks
  counters[].liveVariance += block.weight.variance
}

// MARK: - Mappings

/// Records a mapping that was just counted, with the table of mappings held; nil if it is not recorded.
func recordMapped(_ bytes: Int, _ ledger: Ref<ThreadLedger>) -> MappingRecord? {
  guard let thread = recordedThread(ledger), !thread[].isBusy else { return nil }
  thread[].isBusy = true
  defer { thread[].isBusy = false }
  var weight = Weight(of: bytes)
  if !recording.isExact {
    weight = Weight(of: bytes, interval: recording.interval)
    if thread[].random.gap(mean: recording.interval) >= bytes { return nil }
  }
  let stack = currentStack(thread)
  guard holdRecording() else { return nil }
  defer { releaseRecording() }
  return recording.enterMapping(bytes, weight, stack, thread, ledger)
}

/// Takes bytes of a mapping from its counters.
func recordUnmapped(_ record: MappingRecord, _ bytes: Int) {
  guard !isForking(), holdRecording() else { return }
  defer { releaseRecording() }
  if Int(record.recording) != recording.number { return }
  recording.leaveMapping(record, bytes)
}

extension Recording {
  fileprivate mutating func enterMapping(
    _ bytes: Int, _ weight: Weight, _ stack: UInt32, _ thread: Ref<RecordedThread>,
    _ ledger: Ref<ThreadLedger>
  ) -> MappingRecord? {
    noteTime()
    defer { report(thread, ledger) }
    let index = stack == 0 ? 0 : tables.counters(of: stack)
    if index == 0 {
      drop()
      return nil
    }
    add(weight, to: index)
    return MappingRecord(
      counters: index, recording: UInt32(truncatingIfNeeded: number),
      bytesForEach: Double(weight.bytes) / Double(bytes))
  }

  fileprivate mutating func leaveMapping(_ record: MappingRecord, _ bytes: Int) {
    let scaled = Double(bytes) * record.bytesForEach
    let counters = tables.counters(record.counters)
    catchUp(counters)
    timeline.touch(counters, record.counters, &tables)
    counters[].live = counters[].live &- Int(nearest: scaled)
  }
}
