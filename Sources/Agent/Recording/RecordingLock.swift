// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// One lock guards the tables of all recordings. A thread that holds it may be interrupted by a handler that
// allocates: that block is dropped, and counted.
//
// In exact mode it is taken for every block, and an atomic exchange costs a third of all that is done then.
// So while only one thread has recorded anything, that thread says with plain writes that it is at the
// tables. The second that comes ends this for good: it has the kernel make every processor pass a barrier
// (membarrier), after which the first either sees that it is not alone any more, or is seen to be at the
// tables and is waited for.

import CAgent
import Synchronization

/// The ledger of the thread that has the lock; 0 while nobody has, and while a lone thread has it.
private let holder = Atomic<Int>(0)
/// The ledger of the only thread that records; 0 once there is another, and -1 while that one waits for it.
private let alone = Atomic<Int>(0)
private let hasBarrier = Atomic<Bool>(false)

// MEMBARRIER_CMD_PRIVATE_EXPEDITED, and the order that makes it available.
private let barrier = 1 << 3
private let registerBarrier = 1 << 4

/// A few times as long as a block takes to record.
private let triesBeforeYielding = 100

/// Takes the lock of all recordings; false, without it, if none is on any more, or if this thread has it
/// already and was interrupted.
@inline(__always)
func holdRecordings() -> Bool {
  let mine = peakline_ledger_get()
  if mine != 0, mine == alone.load(ordering: .relaxed) {
    let ledger = Ref<ThreadLedger>(known: mine)
    if ledger[].isAloneAtTables { return false }
    ledger[].isAloneAtTables = true
    peakline_compiler_fence()
    if alone.load(ordering: .relaxed) == mine {
      if isRecording() { return true }
      ledger[].isAloneAtTables = false
      return false
    }
    ledger[].isAloneAtTables = false
  }
  return holdAmongOthers(mine)
}

@inline(never)
private func holdAmongOthers(_ mine: Int) -> Bool {
  if mine == 0 { return false }
  if alone.load(ordering: .acquiring) != 0 { endBeingAlone() }
  var tries = 0
  while true {
    // Looking costs the holder nothing; each exchange would take the lock's cache line from it.
    let present = holder.load(ordering: .relaxed)
    if present == 0,
      holder.compareExchange(expected: 0, desired: mine, ordering: .acquiring).exchanged
    {
      break
    }
    if present == mine || !isRecording() { return false }
    tries = tries &+ 1
    if tries > triesBeforeYielding { yieldProcessor() } else { peakline_pause() }
  }
  if isRecording() { return true }
  releaseRecordings()
  return false
}

@inline(__always)
func releaseRecordings() {
  if let ledger = Ref<ThreadLedger>(address: peakline_ledger_get()), ledger[].isAloneAtTables {
    peakline_compiler_fence()
    ledger[].isAloneAtTables = false
  } else {
    holder.store(0, ordering: .releasing)
  }
}

/// Lets the calling thread have the tables without an atomic exchange until another comes, if the kernel
/// has the barrier for that; called before the first recording begins.
func beginAlone() {
  guard let ledger = currentLedger() else { return }
  if kernel(Int32(SYS_membarrier), registerBarrier, 0) == 0 {
    hasBarrier.store(true, ordering: .relaxed)
    alone.store(ledger.address, ordering: .releasing)
  }
}

/// Whether several threads record, and the kernel has the barrier with which one of them can be sure that
/// no other is at the tables.
@inline(__always)
func areThreadsAmongOthers() -> Bool {
  alone.load(ordering: .relaxed) == 0 && hasBarrier.load(ordering: .relaxed)
}

/// Waits until no other thread is in the middle of recording a block into a recording that is off by now;
/// false if one does not come to an end.
func waitForOthers() -> Bool {
  let mine = peakline_ledger_get()
  // Whoever comes now looks whether it is off before it does anything.
  if mine != 0 && alone.load(ordering: .relaxed) == mine { return true }
  endBeingAlone()
  passBarrierOnAllProcessors()
  let deadline = nanoseconds(of: CLOCK_MONOTONIC) &+ 2_000_000_000
  // One after the other: that all are at rest at once may never come.
  let present = holder.load(ordering: .acquiring)
  var isQuiet =
    present == 0 || wait(until: deadline) { holder.load(ordering: .acquiring) != present }
  forEachLedger { ledger in
    if ledger.address == mine { return }
    let isAtRest = wait(until: deadline) { !ledger[].isBusyRecording || ledger[].isForking }
    if !isAtRest { isQuiet = false }
  }
  return isQuiet
}

/// Looks until something is so; false if it is not by the deadline, of the monotonic clock.
private func wait(until deadline: Int, _ isSo: () -> Bool) -> Bool {
  var tries = 0
  while !isSo() {
    peakline_compiler_fence()
    tries = tries &+ 1
    if tries < triesBeforeYielding {
      peakline_pause()
    } else if nanoseconds(of: CLOCK_MONOTONIC) > deadline {
      return false
    } else {
      yieldProcessor()
    }
  }
  return true
}

/// What threads of this process have written so far is seen, and what they read next is what is there; if
/// the kernel can do that.
func passBarrierOnAllProcessors() { _ = kernel(Int32(SYS_membarrier), barrier, 0) }

/// From now on every thread takes the lock.
func endBeingAlone() {
  let former = alone.load(ordering: .acquiring)
  if former == 0 { return }
  let isOurs =
    former != -1
    && alone.compareExchange(
      expected: former, desired: -1, ordering: .sequentiallyConsistent
    ).exchanged
  if !isOurs {
    while alone.load(ordering: .acquiring) == -1 { yieldProcessor() }
    return
  }
  // Without it nobody ever was alone.
  passBarrierOnAllProcessors()
  if former != peakline_ledger_get(), let ledger = Ref<ThreadLedger>(address: former) {
    while ledger[].isAloneAtTables { yieldProcessor() }
  }
  alone.store(0, ordering: .releasing)
}

/// The child of a fork has no other thread, and whoever had the lock is not there.
func resetRecordingLock() {
  holder.store(0, ordering: .relaxed)
  alone.store(0, ordering: .relaxed)
}
