// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// What a recording keeps for a thread: written by that thread alone.
///
/// It goes with the thread's ledger, and like it is handed on when the thread ends. Behind it stand the
/// frames of the last walk, and room for the next.
struct RecordedThread: BitwiseCopyable {
  /// Which recording it is about, and which of the threads that had the ledger one after the other.
  var recording = 0
  var life = 0
  /// The stack that is the thread itself.
  var root: UInt32 = 0
  /// The thread is recording: who comes in between, in a signal handler, is not recorded.
  var isBusy = false
  /// It is busy because it is forking, from before that until the parent goes on.
  var isForking = false
  var random = Random(seed: 0)
  /// What the ledger will have taken when the next sample is due.
  var sampleAt = 0
  /// What the ledger's figures were when they were last added to the whole.
  var live = 0
  var allocated = 0
  var freed = 0
  var allocations = 0
  /// The block that was last recorded, and how many there were then: one that is freed before there are
  /// more was temporary.
  var lastBlock = 0
  var blocksThen = 0
  var walk = LastWalk()

  /// Bytes of address space for one, with its frames.
  static let room = 1 << 16
  /// About as much of that is touched, by the frames of a stack that is not deep.
  static let touched = 8192
}

/// The thread's record, made or made anew where it is about another recording or another thread; nil
/// where there is no memory.
func recordedThread(_ ledger: Ref<ThreadLedger>) -> Ref<RecordedThread>? {
  if let known = ledger[].recorded, known[].recording == recording.number,
    known[].life == ledger[].life
  {
    return known
  }
  return adoptRecord(ledger)
}

/// Has the recording called for a thread's blocks, from now on.
func armForRecording(_ ledger: Ref<ThreadLedger>) {
  guard let thread = recordedThread(ledger) else { return }
  if recording.isExact { return ledger[].recordAll() }
  let untilSample = thread[].sampleAt &- ledger[].taken
  ledger[].record(after: interpreter.isAwaited ? 0 : min(Recording.batch, untilSample))
}

/// Whether this thread is forking, or has just been forked.
func isForking() -> Bool { currentLedger()?[].recorded?[].isForking ?? false }

/// Called before a fork, and after it in the parent.
func setForking(_ value: Bool) {
  guard let thread = currentLedger()?[].recorded else { return }
  if !value && !thread[].isForking { return }
  // In the middle of recording there is no fork, but from a handler.
  if value && thread[].isBusy { return }
  thread[].isBusy = value
  thread[].isForking = value
}

@inline(never)
private func adoptRecord(_ ledger: Ref<ThreadLedger>) -> Ref<RecordedThread>? {
  var thread = ledger[].recorded
  if thread == nil {
    guard let start = unsafe mapMemory(RecordedThread.room) else { return nil }
    thread = Ref<RecordedThread>(address: Int(bitPattern: start))
    ledger[].recorded = thread
    recording.threadsMapped &+= 1
  }
  guard let thread else { return nil }
  // What the one before had left is not to be counted again, nor to be lost.
  let isSameRecording = thread[].recording == recording.number
  var fresh = RecordedThread()
  fresh.recording = recording.number
  fresh.life = ledger[].life
  let thisThread = UInt64(truncatingIfNeeded: peakline_thread_id())
  fresh.random = Random(seed: recording.seed ^ thisThread &* 0x9E37_79B9)
  if isSameRecording {
    fresh.live = thread[].live
    fresh.allocated = thread[].allocated
    fresh.freed = thread[].freed
    fresh.allocations = thread[].allocations
  } else {
    fresh.live = ledger[].live
    fresh.allocated = ledger[].allocatedOfAllKinds
    fresh.freed = ledger[].freedOfAllKinds
    fresh.allocations = ledger[].allocationsOfAllKinds
  }
  fresh.sampleAt = ledger[].taken &+ fresh.random.gap(mean: max(1, recording.interval))
  thread[] = fresh
  return thread
}
