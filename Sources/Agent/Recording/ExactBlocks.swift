// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Exact mode among threads: most blocks come and go without the lock of all recordings.
//
// Who allocates or frees a block is the only one to touch its place in the shadow, and the counters of a
// stack have a lock of their own, which is nearly always free, since stacks begin with their thread. What
// the whole has in use is brought up to date every few KiB, as in sampled mode. All else, and whatever is
// out of the ordinary, takes the lock as ever: a stack's first block, its first in a step of the timeline.

import CAgent
import CaptureFormat

extension Ref where Target == Recording {
  /// Enters a block; false, with nothing done, where that takes the lock.
  @inline(__always)
  func enterAtOnce(
    _ block: Address, _ bytes: Int, _ stack: UInt32, _ thread: Ref<RecordedThread>,
    _ ledger: Ref<ThreadLedger>
  ) -> Bool {
    guard stack != 0,
      let counters = openCounters(
        self[].tables.stack(stack)[].counters, bytes, thread),
      region(of: block) >= Region.manyBlocks
    else { return false }
    let number = self[].tables.stack(stack)[].counters
    guard self[].shadow.putIfFree(block, number) else { return false }
    lock(counters)
    self[].catchUp(counters)
    counters[].allocated = counters[].allocated &+ bytes
    counters[].allocations += 1
    counters[].live = counters[].live &+ bytes
    counters[].liveBlocks += 1
    unlock(counters)
    thread[].lastBlock = block
    thread[].blocksThen = ledger[].allocationsOfAllKinds
    thread[].own = thread[].own &+ bytes
    settle(thread, ledger, freed: 0)
    return true
  }

  /// Takes a block out that is about to be freed; false, with nothing done, where that takes the lock.
  @inline(__always)
  func leaveAtOnce(
    _ block: Address, _ bytes: Int, _ thread: Ref<RecordedThread>, _ ledger: Ref<ThreadLedger>
  ) -> Bool {
    let number = self[].shadow.look(block)
    if number == 0 { return true }
    guard let counters = openCounters(number, bytes, thread) else { return false }
    _ = self[].shadow.take(block)
    lock(counters)
    self[].catchUp(counters)
    counters[].live = counters[].live &- bytes
    counters[].liveBlocks -= 1
    if thread[].lastBlock == block && thread[].blocksThen == ledger[].allocationsOfAllKinds {
      counters[].temporary = counters[].temporary &+ bytes
      counters[].temporaryBlocks += 1
    }
    unlock(counters)
    thread[].own = thread[].own &- bytes
    settle(thread, ledger, freed: bytes)
    return true
  }

  /// The counters of a number, if nothing but them has to be changed.
  @inline(__always)
  private func openCounters(
    _ number: UInt32, _ bytes: Int, _ thread: Ref<RecordedThread>
  ) -> Ref<CaptureCounters>? {
    // The lock's way looks at the clock.
    if number == 0 || bytes >= Recording.large { return nil }
    let counters = self[].tables.counters(number)
    if counters[].step != self[].timeline.step { return nil }
    thread[].events = thread[].events &+ 1
    return thread[].events & 31 == 0 ? nil : counters
  }

  /// Says what the thread has in use now that its block is entered, and brings the whole up to date when
  /// it has become much more or less.
  @inline(__always)
  private func settle(
    _ thread: Ref<RecordedThread>, _ ledger: Ref<ThreadLedger>, freed bytes: Int
  ) {
    let live = self[].countsOnlyNew ? thread[].own : ledger[].live &- bytes
    thread[].settled = live
    let change = live &- thread[].live
    if change < Recording.exactBatch && change > 0 &- Recording.exactBatch { return }
    guard hold(thread[].recording) else { return }
    self[].report(live, thread, ledger)
    releaseRecordings()
  }
}

/// Waits for an entry of the table of counters, and takes it.
@inline(__always)
func lock(_ counters: Ref<CaptureCounters>) {
  let place = heldPlace(counters)
  if peakline_word_take(place) == 0 { waitFor(place) }
}

@inline(__always)
func unlock(_ counters: Ref<CaptureCounters>) { peakline_word_release(heldPlace(counters)) }

@inline(__always)
private func heldPlace(_ counters: Ref<CaptureCounters>) -> Int {
  counters.address &+ CaptureCounters.heldOffset
}

@inline(never)
private func waitFor(_ place: Int) {
  var tries = 0
  while true {
    if peakline_word_is_taken(place) == 0 && peakline_word_take(place) != 0 { return }
    tries = tries &+ 1
    if tries > 100 { yieldProcessor() } else { peakline_pause() }
  }
}
