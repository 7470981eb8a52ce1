// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Who may use the table of mappings. The lock is the number of the thread that holds it; a holder holds
// its signals back, since a handler that maps would wait for the thread it has interrupted. Whoever
// waits looks now and then whether the holder still lives: a child forked behind libc's back finds the
// lock held by a thread that it does not have, and takes it.

import CAgent
import Synchronization

/// The one table of the process: to be used while it is held.
@safe nonisolated(unsafe) var heldMappings = Mappings()

private let holder = Atomic<Int>(0)

/// All signals but those that an instruction brings about, which are fatal where they are blocked: SIGILL,
/// SIGTRAP, SIGBUS, SIGFPE and SIGSEGV.
private let fromOutside: UInt = ~(1 << 3 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 10)

/// Runs `body` on the table; nil, and counted as lost, where it is not to be had.
@inline(__always)
@discardableResult
func withMappings<Result>(_ body: (inout Mappings) -> Result) -> Result? {
  guard holdMappings() else { return nil }
  let result = body(&heldMappings)
  releaseMappings()
  return result
}

/// Takes the table for this thread, as often as it likes; false, and counted as lost, for a thread that
/// has no ledger.
func holdMappings() -> Bool {
  guard let ledger = currentLedger() else {
    loseEvent()
    return false
  }
  if ledger[].holds == 0 {
    let signals = replaceSignals(by: fromOutside)
    waitForMappings()
    ledger[].signals = signals
  }
  ledger[].holds = ledger[].holds &+ 1
  return true
}

func releaseMappings() {
  guard let ledger = currentLedger(), ledger[].holds > 0 else { return }
  ledger[].holds = ledger[].holds &- 1
  if ledger[].holds > 0 { return }
  let signals = ledger[].signals
  holder.store(0, ordering: .releasing)
  _ = replaceSignals(by: signals)
}

private func waitForMappings() {
  let mine = Int(peakline_thread_id())
  var expected = 0
  var tries = 0
  while true {
    let attempt = holder.compareExchange(
      expected: expected, desired: mine, ordering: .acquiringAndReleasing)
    if attempt.exchanged { return }
    tries = tries &+ 1
    if tries < 200 { yieldProcessor() } else { sleep(nanoseconds: 50_000) }
    // Only what was seen to be a dead thread's is taken over.
    expected = tries & 255 == 255 && hasEnded(attempt.original) ? attempt.original : 0
  }
}

/// Blocks this set of signals and no other; the set before.
private func replaceSignals(by set: UInt) -> UInt {
  var new = set
  var former: UInt = 0
  unsafe withUnsafeMutablePointer(to: &new) { new in
    unsafe withUnsafeMutablePointer(to: &former) { former in
      _ = kernel(
        Int32(SYS_rt_sigprocmask), Int(SIG_SETMASK), Int(bitPattern: new), Int(bitPattern: former),
        8)
    }
  }
  return former
}

/// A child of a fork has none of the other threads: what one of them held is free, and what it was just
/// writing is forgotten, and counted as lost.
///
/// Nobody waits for the table before a fork: handlers of other libraries run meanwhile, which may wait
/// for threads that map.
func guardMappingsAtFork() {
  _ = pthread_atfork(
    nil, nil,
    {
      if holder.load(ordering: .relaxed) == 0 { return }
      holder.store(0, ordering: .relaxed)
      heldMappings = Mappings()
      loseEvent()
    })
}
