// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent
import Synchronization

/// How often a thread has got a record since nothing was recorded: no two have the same run of random
/// numbers.
private let adopted = Atomic<Int>(0)

/// Called before a recording begins while no other is on: one with the same seed takes the same samples.
func forgetAdoptions() { adopted.store(0, ordering: .relaxed) }

/// What a recording keeps for a thread: written by that thread alone, once it is there.
///
/// It goes with the thread's ledger, and like it is handed on when the thread ends. Behind it stand the
/// frames of the last walk, room for the next, and stacks that were met (`StackWalk`).
struct RecordedThread: BitwiseCopyable {
  /// Which recording it is about, and which of the threads that had the ledger one after the other.
  var recording = 0
  var life = 0
  /// The recording has met one of these threads.
  var isMet = false
  /// The stack that is the thread itself.
  var root: UInt32 = 0
  var random = Random(seed: 0)
  /// What the ledger will have taken when the next sample is due.
  var sampleAt = 0
  /// Bytes of the blocks that it has entered, less those that it took out.
  var own = 0
  /// What of the thread's bytes in use is its parent's, in a forked process.
  var inherited = 0
  /// What the thread's figures were when they were last added to the whole.
  var live = 0
  /// What the thread had in use when it had last entered a block.
  var settled = 0
  var allocated = 0
  var freed = 0
  var allocations = 0
  var dropped: UInt32 = 0
  /// Counts what was done without the lock.
  var events: UInt32 = 0
  /// The block that was last recorded, and how many there were then: one that is freed before there are
  /// more was temporary.
  var lastBlock = 0
  var blocksThen = 0
  var walk = LastWalk()

  /// Bytes of address space for one, with its frames.
  static let room = 1 << 16
  /// About as much of that is touched, by the frames of a stack that is not deep.
  static let touched = 12288
}

/// Has the recordings called for a thread's blocks, from now on.
func armForRecording(_ ledger: Ref<ThreadLedger>) {
  var after = Recording.batch
  var isExact = false
  forEachRecording { recording in
    // A thread's record is made before its first block, or that would not be in the whole.
    guard let thread = recording.recordedThread(ledger) else { return }
    if recording[].isExact {
      isExact = true
    } else {
      after = min(after, thread[].sampleAt &- ledger[].taken)
      // The sooner a thread is met, the surer it is to be there when it is asked for its name.
      if thread[].root == 0 { after = 0 }
    }
  }
  if isExact { return ledger[].recordAll() }
  ledger[].record(after: interpreter.isAwaited ? 0 : max(0, after))
}

/// Whether this thread is forking, or has just been forked.
func isForking() -> Bool { currentLedger()?[].isForking ?? false }

/// Called before a fork, and after it in the parent.
func setForking(_ value: Bool) {
  guard let ledger = currentLedger(), value != ledger[].isForking else { return }
  // In the middle of recording there is no fork, but from a handler.
  if value && ledger[].isBusyRecording { return }
  ledger[].isBusyRecording = value
  ledger[].isForking = value
}

extension Ref where Target == Recording {
  /// A thread's record, made or made anew where it is about another recording or another thread; nil
  /// where there is no memory.
  @inline(__always)
  func recordedThread(_ ledger: Ref<ThreadLedger>) -> Ref<RecordedThread>? {
    if let known = ledger[].recorded(at: self[].place), known[].recording == self[].number,
      known[].life == ledger[].life
    {
      return known
    }
    return adoptRecord(ledger)
  }

  @inline(never)
  private func adoptRecord(_ ledger: Ref<ThreadLedger>) -> Ref<RecordedThread>? {
    var thread = ledger[].recorded(at: self[].place)
    if thread == nil {
      guard let start = unsafe mapMemory(RecordedThread.room) else { return nil }
      thread = Ref<RecordedThread>(address: Int(bitPattern: start))
      ledger[].setRecorded(thread, at: self[].place)
      self[].threadsMapped &+= 1
    }
    guard let thread else { return nil }
    var fresh = RecordedThread()
    fresh.recording = self[].number
    fresh.life = ledger[].life
    // Atomic: threads may begin at the same time.
    let order = adopted.wrappingAdd(1, ordering: .relaxed).newValue
    fresh.random = Random(seed: self[].seed &+ UInt64(truncatingIfNeeded: order) &* 0x9E37_79B9)
    // What the one before had left is not to be counted again, nor to be lost.
    if thread[].recording == self[].number {
      fresh.isMet = thread[].isMet
      fresh.own = thread[].own
      fresh.inherited = thread[].inherited
      fresh.live = thread[].live
      fresh.allocated = thread[].allocated
      fresh.freed = thread[].freed
      fresh.allocations = thread[].allocations
      fresh.dropped = thread[].dropped
    } else {
      fresh.inherited = self[].isForked ? ledger[].live : 0
      fresh.live = self[].countsOnlyNew ? 0 : ledger[].live &- fresh.inherited
      fresh.allocated = ledger[].allocatedOfAllKinds
      fresh.freed = ledger[].freedOfAllKinds
      fresh.allocations = ledger[].allocationsOfAllKinds
      fresh.dropped = ledger[].droppedForNesting
    }
    thread.forgetStacks()
    fresh.settled = fresh.live
    fresh.sampleAt = ledger[].taken &+ fresh.random.gap(mean: max(1, self[].interval))
    thread[] = fresh
    return thread
  }
}
