// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Which thread has which ledger. Used inside allocations, on any thread, with no lock: records are
// taken from mapped chunks, linked into a list that only grows, and handed on from a thread that has
// ended to the next new one.

import CAgent
import Synchronization

/// The newest record that a thread has or had, by address; and one that none has had yet.
private let newest = Atomic<Int>(0)
private let spare = Atomic<Int>(0)
/// What the agent has mapped for the ledger, all of it resident, in bytes.
private let mappedForLedger = Atomic<Int>(0)
/// Events that could not be counted.
private let lost = Atomic<Int>(0)

@safe nonisolated(unsafe) private var ledgerEnds = LedgerEnds()

/// Each record has cache lines of its own.
private let recordSize = 256
private let chunkSize = 16384

/// This thread's ledger.
@inline(__always)
func currentLedger() -> Ref<ThreadLedger>? {
  Ref(address: peakline_ledger_get()) ?? adoptLedger()
}

/// The bytes of the agent's own that the ledger takes.
func ledgerBytes() -> Int { mappedForLedger.load(ordering: .relaxed) }

/// Events that could not be counted, for want of memory or because a lock was not to be had.
func lostEvents() -> Int { lost.load(ordering: .relaxed) }

func loseEvent() { lost.wrappingAdd(1, ordering: .relaxed) }

/// Maps memory for the ledger, touches it, and puts it on the agent's own account.
func mapForLedger(_ size: Int) -> Int? {
  guard let start = mapTouched(size) else { return nil }
  mappedForLedger.wrappingAdd(size, ordering: .relaxed)
  return start
}

/// Hands mapped memory back that nobody has seen yet.
func unmapForLedger(_ start: Int, _ size: Int) {
  guard let base = unsafe UnsafeMutableRawPointer(bitPattern: start) else { return }
  unsafe unmapMemory(base, size)
  mappedForLedger.wrappingSubtract(size, ordering: .relaxed)
}

// MARK: - Threads

/// A record for a thread that has none: a new thread, or one that goes on after its end was
/// announced.
@inline(never)
private func adoptLedger() -> Ref<ThreadLedger>? {
  let isLate = peakline_ended_get() != 0
  let owner = isLate ? 0 &- Int(peakline_thread_id()) : 1
  guard let ledger = freeLedger(for: owner) ?? newLedger(for: owner) else {
    loseEvent()
    return nil
  }
  ledger[].quiet = 0
  ledger[].beingFreed = 0
  ledger[].holds = 0
  ledger[].stretches = nil
  ledger[].life = ledger[].life &+ 1
  peakline_ledger_set(ledger.address)
  if isRecording() { armForRecording(ledger) }
  // Only now: what this calls may itself allocate.
  if !isLate { ledgerEnds.watch(ledger) }
  return ledger
}

private func freeLedger(for owner: Int) -> Ref<ThreadLedger>? {
  var address = newest.load(ordering: .acquiring)
  while let ledger = Ref<ThreadLedger>(address: address) {
    let place = ownerPlace(ledger)
    let former = peakline_word_load(place)
    if former == 0 || (former < 0 && hasEnded(0 &- former)) {
      if peakline_word_replace(place, former, owner) != 0 { return ledger }
    }
    address = ledger[].next
  }
  return nil
}

private func newLedger(for owner: Int) -> Ref<ThreadLedger>? {
  guard let ledger = takeSpare() ?? takeFromFreshChunk() else { return nil }
  ledger[].owner = owner
  push(ledger, onto: newest)
  return ledger
}

/// Maps a chunk; all of its records but the first are spare.
private func takeFromFreshChunk() -> Ref<ThreadLedger>? {
  guard let chunk = mapForLedger(chunkSize) else { return nil }
  var offset = chunkSize
  while offset > 0 {
    offset = offset &- recordSize
    let ledger = Ref<ThreadLedger>(known: chunk &+ offset)
    ledger[] = ThreadLedger()
    if offset > 0 { push(ledger, onto: spare) }
  }
  return Ref(known: chunk)
}

/// Nobody puts a record back, so the head that was read is still what it was when it is exchanged.
private func takeSpare() -> Ref<ThreadLedger>? {
  var head = spare.load(ordering: .acquiring)
  while let ledger = Ref<ThreadLedger>(address: head) {
    let attempt = spare.compareExchange(
      expected: head, desired: ledger[].next, ordering: .acquiringAndReleasing)
    if attempt.exchanged { return ledger }
    head = attempt.original
  }
  return nil
}

private func push(_ ledger: Ref<ThreadLedger>, onto list: borrowing Atomic<Int>) {
  var head = list.load(ordering: .relaxed)
  while true {
    ledger[].next = head
    let attempt = list.compareExchange(
      expected: head, desired: ledger.address, ordering: .acquiringAndReleasing)
    if attempt.exchanged { return }
    head = attempt.original
  }
}

/// The owner is the record's first word.
private func ownerPlace(_ ledger: Ref<ThreadLedger>) -> Int { ledger.address }

/// Whether this process has no such thread.
func hasEnded(_ thread: Int) -> Bool {
  kernel(Int32(SYS_tgkill), processNumber(), thread, 0) == 0 &- Int(ESRCH)
}

/// Calls `body` for every record there is.
func forEachLedger(_ body: (Ref<ThreadLedger>) -> Void) {
  var address = newest.load(ordering: .acquiring)
  while let ledger = Ref<ThreadLedger>(address: address) {
    body(ledger)
    address = ledger[].next
  }
}

/// What all threads together have live now, in bytes.
func liveOfAllThreads() -> Int {
  var live = 0
  forEachLedger { live = live &+ $0[].live }
  return live
}

// MARK: - The end of a thread

/// Hands a thread's record on when it ends.
///
/// The destructors of other libraries' keys may allocate: ours puts itself off until the last round.
private struct LedgerEnds {
  private var key: pthread_key_t = 0
  private var made = false

  mutating func start() {
    if made { return }
    made = unsafe agent_thread_end_key(&key, ledgerOfEndedThread) == 0
  }

  func watch(_ ledger: Ref<ThreadLedger>) {
    if made { unsafe agent_thread_end_watch(key, UnsafeRawPointer(bitPattern: ledger.address)) }
  }
}

/// Makes ready for threads that come and go, and for forks.
func startLedgers() {
  if ledgersAreStarted { return }
  ledgersAreStarted = true
  ledgerEnds.start()
  _ = pthread_atfork(nil, nil, handOnLedgersOfOtherThreads)
  guardMappingsAtFork()
  if let ledger = currentLedger() { ledgerEnds.watch(ledger) }
}

@safe nonisolated(unsafe) private var ledgersAreStarted = false

private let lastRound: Int32 = 4

private func ledgerOfEndedThread(_ record: UnsafeMutableRawPointer?) {
  guard let ledger = Ref<ThreadLedger>(address: Int(bitPattern: record)) else { return }
  peakline_ended_set(peakline_ended_get() &+ 1)
  if peakline_ended_get() < lastRound {
    ledgerEnds.watch(ledger)
    return
  }
  peakline_ledger_set(0)
  peakline_word_store(ownerPlace(ledger), 0)
}

/// In a forked child the other threads are not there.
private func handOnLedgersOfOtherThreads() {
  let mine = peakline_ledger_get()
  forEachLedger { ledger in
    if ledger.address != mine { peakline_word_store(ownerPlace(ledger), 0) }
  }
}
