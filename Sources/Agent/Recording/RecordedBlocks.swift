// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What the hooks call: for a block that is due (`recordTaken`), for one that may be known when it is freed
// (`recordGiven`), and for mappings. Each recording that is on has its turn.

import CAgent
import CaptureFormat

// MARK: - Blocks that come

/// Records a block that was just counted on the ledger; called when `isRecordDue` says so.
@inline(never)
func recordTaken(_ block: Address, _ bytes: Int, _ ledger: Ref<ThreadLedger>) {
  if !isRecording() { return ledger[].recordNothing() }
  // A signal handler, in the middle of recording another block.
  if ledger[].isBusyRecording { return ledger[].dropForNesting() }
  ledger[].isBusyRecording = true
  peakline_compiler_fence()
  forEachRecording { $0.recordTaken(block, bytes, ledger) }
  armForRecording(ledger)
  ledger[].isBusyRecording = false
}

extension Ref where Target == Recording {
  @inline(__always)
  fileprivate func recordTaken(_ block: Address, _ bytes: Int, _ ledger: Ref<ThreadLedger>) {
    guard let thread = recordedThread(ledger) else { return }
    let number = thread[].recording
    let isExact = self[].isExact
    if !isExact && ledger[].taken <= thread[].sampleAt {
      // It is not a sample, but time to say what there is.
      if thread[].root == 0 { _ = enterThread(thread) }
      guard hold(number) else { return }
      self[].report(thread, ledger)
      return releaseRecordings()
    }
    var weight = Weight(of: bytes)
    if !isExact {
      let interval = self[].interval
      weight = Weight(of: bytes, interval: interval)
      thread[].sampleAt = ledger[].taken &+ thread[].random.gap(mean: interval)
    }
    let stack = currentStack(thread, ledger)
    if isExact, areThreadsAmongOthers(), enterAtOnce(block, bytes, stack, thread, ledger) { return }
    guard hold(number) else { return }
    self[].enter(block, weight, stack, thread, ledger)
    releaseRecordings()
  }
}

// MARK: - Blocks that go

/// Whether a block may be known.
@inline(__always)
func mayBeRecorded(_ block: Address) -> Bool {
  // While nothing is recorded, this is one load.
  isRecording() && region(of: block) >= Region.block && blockFilter.mayHold(block)
}

/// Forgets a block that is about to be freed, `bytes` large.
@inline(never)
func recordGiven(_ block: Address, _ bytes: Int, _ ledger: Ref<ThreadLedger>) {
  if giveBackAtOnce(block, bytes, ledger) { return }
  giveBack(block, bytes, ledger) { _, _ in }
}

/// What was known of a block that is being moved, by the recordings' places.
typealias GivenBlocks = InlineArray<4, SampledBlock>

/// The same for a block that may yet stay: what was known of it, for `recordKept`; nil if nothing was.
@inline(never)
func recordMoving(
  _ block: Address, _ bytes: Int, _ ledger: Ref<ThreadLedger>
) -> GivenBlocks? {
  var known = GivenBlocks(repeating: SampledBlock())
  var isKnown = false
  giveBack(block, bytes, ledger) { place, found in
    unsafe known[unchecked: place] = found
    isKnown = true
  }
  return isKnown ? known : nil
}

@inline(__always)
private func giveBack(
  _ block: Address, _ bytes: Int, _ ledger: Ref<ThreadLedger>,
  _ tell: (Int, SampledBlock) -> Void
) {
  if ledger[].isBusyRecording { return ledger[].dropForNesting() }
  ledger[].isBusyRecording = true
  if holdRecordings() {
    forEachRecording { recording in
      if let found = recording.giveBack(block, bytes, ledger) { tell(recording[].place, found) }
    }
    releaseRecordings()
  }
  ledger[].isBusyRecording = false
}

/// The same without the lock of all recordings; false, with nothing done, where that is needed.
@inline(__always)
private func giveBackAtOnce(
  _ block: Address, _ bytes: Int, _ ledger: Ref<ThreadLedger>
) -> Bool {
  guard areThreadsAmongOthers(), !ledger[].isBusyRecording else { return false }
  ledger[].isBusyRecording = true
  peakline_compiler_fence()
  var isDone = true
  forEachRecording { recording in
    guard isDone else { return }
    guard recording[].isExact, let thread = recording.recordedThread(ledger) else {
      isDone = false
      return
    }
    isDone = recording.leaveAtOnce(block, bytes, thread, ledger)
  }
  ledger[].isBusyRecording = false
  return isDone
}

extension Ref where Target == Recording {
  @inline(__always)
  fileprivate func giveBack(
    _ block: Address, _ bytes: Int, _ ledger: Ref<ThreadLedger>
  ) -> SampledBlock? {
    guard let thread = recordedThread(ledger), var found = self[].take(block) else { return nil }
    if found.counters == 0 {
      thread[].inherited = thread[].inherited &- found.weight.bytes
      return found
    }
    if self[].isExact {
      found.weight = Weight(of: bytes)
      // The ledger counts it next. There may be no allocation after it that would report it.
      self[].header[].live &-= bytes
      thread[].live &-= bytes
      thread[].own = thread[].own &- bytes
      thread[].settled = self[].countsOnlyNew ? thread[].own : ledger[].live &- bytes
    }
    self[].noteTime(bytes)
    let isTemporary =
      thread[].lastBlock == block && thread[].blocksThen == ledger[].allocationsOfAllKinds
    self[].leave(found, isTemporary: isTemporary)
    if self[].isExact {
      self[].lookAtJoint()
    } else {
      // There may be no allocation after it that would report it.
      self[].report(self[].inUse(thread, ledger) &- bytes, thread, ledger)
    }
    return found
  }
}

/// A block that was not freed after all.
@inline(never)
func recordKept(_ blocks: GivenBlocks?, _ ledger: Ref<ThreadLedger>) {
  guard let blocks, !ledger[].isBusyRecording else { return }
  ledger[].isBusyRecording = true
  if holdRecordings() {
    forEachRecording { recording in
      let block = unsafe blocks[unchecked: recording[].place]
      if block.address != 0, let thread = recording.recordedThread(ledger) {
        recording[].putBack(block, thread)
      }
    }
    releaseRecordings()
  }
  ledger[].isBusyRecording = false
}

// MARK: - Mappings

/// Records a mapping that was just counted, with the table of mappings held.
@inline(never)
func recordMapped(_ bytes: Int, _ ledger: Ref<ThreadLedger>) -> MappingRecords {
  var records = MappingRecords()
  if ledger[].isBusyRecording { return records }
  ledger[].isBusyRecording = true
  forEachRecording { recording in
    if let record = recording.recordMapped(bytes, ledger) {
      records.set(record, at: recording[].place)
    }
  }
  ledger[].isBusyRecording = false
  return records
}

extension Ref where Target == Recording {
  fileprivate func recordMapped(_ bytes: Int, _ ledger: Ref<ThreadLedger>) -> MappingRecord? {
    guard let thread = recordedThread(ledger) else { return nil }
    let number = thread[].recording
    var weight = Weight(of: bytes)
    if !self[].isExact {
      let interval = self[].interval
      weight = Weight(of: bytes, interval: interval)
      if thread[].random.gap(mean: interval) >= bytes { return nil }
    }
    let stack = currentStack(thread, ledger)
    guard hold(number) else { return nil }
    defer { releaseRecordings() }
    return self[].enterMapping(bytes, weight, stack, thread, ledger)
  }
}

extension Ref where Target == Recording {
  fileprivate func leaveMapping(
    _ record: MappingRecord, _ bytes: Int, _ ledger: Ref<ThreadLedger>
  ) {
    let thread = recordedThread(ledger)
    self[].leaveMapping(record, bytes, thread)
    // The ledger counts it next.
    guard let thread else { return }
    self[].report(
      self[].countsOnlyNew ? thread[].own : self[].inUse(thread, ledger) &- bytes, thread, ledger)
  }
}

/// Takes bytes of a mapping from its counters.
@inline(never)
func recordUnmapped(_ records: MappingRecords, _ bytes: Int) {
  guard let ledger = currentLedger(), !ledger[].isBusyRecording else { return }
  ledger[].isBusyRecording = true
  if holdRecordings() {
    forEachRecording { recording in
      let record = records.at(recording[].place)
      if record.counters != 0 && Int(record.recording) == recording[].number {
        recording.leaveMapping(record, bytes, ledger)
      } else if record.counters != 0 && recording[].isForked && !recording[].isExact {
        // The parent's.
        let weight = Int(nearest: Double(bytes) * record.bytesForEach)
        if let thread = recording.recordedThread(ledger) {
          thread[].inherited = thread[].inherited &- weight
        }
      }
    }
    releaseRecordings()
  }
  ledger[].isBusyRecording = false
}
