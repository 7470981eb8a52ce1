// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// What one thread has allocated and freed since accounting began, in bytes and blocks.
///
/// Only its own thread writes the counts, so counting takes no lock and no atomic instruction; who
/// adds up all threads reads them as they are. They only grow, and are never reset: what a stretch of
/// time cost is the difference of two readings. A block that another thread frees is that thread's: a
/// ledger may well be negative.
struct ThreadLedger: BitwiseCopyable {
  /// 0: free to be taken over; 1: in use; negative: minus the number of a thread that allocated
  /// after its own end was announced.
  ///
  /// At the record's own address, where it is exchanged atomically.
  var owner = 0

  // To the end of the cache line: all that an allocation touches. No two that are written together stand
  // side by side: the compiler would write them as one, and the next to read one of them would wait.

  /// What malloc gave out, as many bytes as may be used.
  var allocated = 0
  /// So much may be allocated before the peak has to be looked at: never more than the peak less what is
  /// live, so that an allocation pays for a subtraction and a test, and a free for nothing.
  private var slack = ThreadLedger.endless
  var allocations = 0
  var freed = 0
  /// Bytes asked for.
  var requested = 0
  /// Small objects of Python: the sizes of their blocks.
  var pythonAllocated = 0
  var pythonFreed = 0

  /// The most that was live at once since the watermark was last set; only while a stretch is open.
  private(set) var peak = 0
  var pythonAllocations = 0
  /// The block that Python's allocator is freeing, while it is not known whose it is.
  ///
  /// Who frees it sets this to 0.
  var beingFreed = 0
  var frees = 0
  var pythonRequested = 0
  /// Private memory that was mapped directly: what is live, and all there was.
  ///
  /// Apart from malloc's, since
  /// a signal handler may map, and would come in between reading a count and writing it. These are
  /// written with signals held back.
  var mapped = 0
  var mappedAllocated = 0
  var mappings = 0
  var mappedRequested = 0
  /// While it is not 0, mapping calls are on behalf of somebody whose blocks are counted when they
  /// are handed out.
  var quiet = 0

  /// How often the thread holds the table of mappings, and the signals that it had blocked before.
  var holds = 0
  var signals: UInt = 0
  /// Counts the threads that had the record.
  var life = 0
  /// The record made before this one, by address.
  var next = 0
  /// The innermost of the thread's open stretches.
  var stretches: Ref<Stretch>?

  /// Bytes that are allocated and not freed, since the start.
  @inline(__always)
  var live: Int { allocated &- freed &+ (pythonAllocated &- pythonFreed) &+ mapped }

  /// More than is ever allocated.
  private static let endless = Int.max / 2

  @inline(__always)
  private mutating func use(_ bytes: Int) {
    slack = slack &- bytes
    if slack < 0 { raisePeak() }
  }

  @inline(never)
  private mutating func raisePeak() {
    if stretches == nil {
      slack = ThreadLedger.endless
      return
    }
    let live = live
    peak = max(peak, live)
    slack = peak &- live
  }

  /// Sets the watermark, from which on the peak is kept.
  @inline(__always)
  mutating func setPeak(_ bytes: Int) {
    peak = bytes
    slack = 0
  }

  @inline(__always)
  mutating func tookBlock(_ bytes: Int, requested asked: Int) {
    allocated = allocated &+ bytes
    allocations = allocations &+ 1
    requested = requested &+ asked
    use(bytes)
  }

  @inline(__always)
  mutating func gaveBlock(_ block: Address, _ bytes: Int) {
    freed = freed &+ bytes
    frees = frees &+ 1
    if UInt(bitPattern: beingFreed &- block) <= ThreadLedger.farthestHeader { beingFreed = 0 }
  }

  /// A debugging allocator puts so much before the block that its owner knows, at most.
  private static let farthestHeader: UInt = 32

  @inline(__always)
  mutating func tookObject(_ bytes: Int, requested asked: Int) {
    pythonAllocated = pythonAllocated &+ bytes
    pythonAllocations = pythonAllocations &+ 1
    pythonRequested = pythonRequested &+ asked
    use(bytes)
  }

  @inline(__always)
  mutating func gaveObject(_ bytes: Int) {
    pythonFreed = pythonFreed &+ bytes
  }

  /// Private memory that was mapped directly; with the table of mappings held.
  mutating func mapped(_ bytes: Int, requested asked: Int) {
    mapped = mapped &+ bytes
    mappedAllocated = mappedAllocated &+ bytes
    mappings = mappings &+ 1
    mappedRequested = mappedRequested &+ asked
    // A handler may have come in between another count's subtraction and its test.
    raisePeak()
  }

  /// The same, unmapped.
  mutating func unmapped(_ bytes: Int) { mapped = mapped &- bytes }
}
