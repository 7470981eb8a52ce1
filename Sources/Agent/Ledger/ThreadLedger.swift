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

  /// Bytes given out by malloc and as small objects of Python together.
  private(set) var taken = 0
  /// When `taken` passes this, the peak has to be looked at, or the recording has its turn: never later
  /// than when what is live passes the peak, so that an allocation pays for one comparison, and a free
  /// for nothing.
  private var limit = ThreadLedger.endless
  /// What malloc gave out, as many bytes as may be used.
  private(set) var allocated = 0
  var pythonAllocations = 0
  var freed = 0
  /// Bytes asked for.
  var requested = 0
  /// Small objects of Python: the sizes of their blocks.
  var pythonFreed = 0

  var pythonRequested = 0
  var allocations = 0
  /// The most that was live at once since the watermark was last set; only while a stretch is open.
  private(set) var peak = 0
  /// The block that Python's allocator is freeing, while it is not known whose it is.
  ///
  /// Who frees it sets this to 0.
  var beingFreed = 0
  var frees = 0
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

  /// When `taken` passes this, the recording wants to see the block.
  private(set) var recordAt = ThreadLedger.endless
  /// What of the recordings is this thread's, by their places: addresses of `RecordedThread`.
  private var recordedThreads = InlineArray<4, Int>(repeating: 0)
  /// The thread is recording a block: who comes in between, in a signal handler, is not recorded.
  var isBusyRecording = false
  /// It is busy because it does something of the agent's own.
  private var isOwnDoing = false
  /// It is busy because it is forking, from before that until the parent goes on.
  var isForking = false
  /// The thread is at the tables of the recordings, and no other thread records: see `RecordingLock`.
  var isAloneAtTables = false
  /// Tells the walks of the thread's stack from each other.
  private var walks: Int32 = 0
  /// How many events came in between.
  private(set) var droppedForNesting: UInt32 = 0

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
  var live: Int { taken &- freed &- pythonFreed &+ mapped }

  /// Of malloc's blocks, small objects and direct mappings together: bytes, and how many.
  var allocatedOfAllKinds: Int { taken &+ mappedAllocated }
  var freedOfAllKinds: Int { freed &+ pythonFreed &+ (mappedAllocated &- mapped) }
  @inline(__always)
  var allocationsOfAllKinds: Int { allocations &+ pythonAllocations &+ mappings }

  /// Bytes of the small objects of Python that were given out.
  @inline(__always)
  var pythonAllocated: Int { taken &- allocated }

  /// More than is ever allocated.
  private static let endless = Int.max / 2

  /// Brings the peak up to what is live; called when an allocation's count says so.
  @inline(never)
  mutating func raisePeak() {
    var due = recordAt
    while true {
      if stretches == nil {
        limit = due
      } else {
        let live = live
        peak = max(peak, live)
        limit = min(due, taken &+ (peak &- live))
      }
      // Another thread may have begun a recording meanwhile.
      peakline_compiler_fence()
      if recordAt == due { return }
      due = recordAt
    }
  }

  /// Whether the block that was just counted is one for the recording.
  @inline(__always)
  var isRecordDue: Bool { taken > recordAt }

  /// Has the recording called when so many bytes more have been taken; 0 for the very next block.
  ///
  /// As the two that follow, this may be said on another thread: what only the thread itself knows is
  /// not touched.
  mutating func record(after bytes: Int) { record(at: taken &+ bytes) }

  /// Has it called for every block.
  mutating func recordAll() { record(at: 0 &- ThreadLedger.endless) }

  /// Has it called for no block.
  mutating func recordNothing() { record(at: ThreadLedger.endless) }

  @inline(__always)
  private mutating func record(at due: Int) {
    recordAt = due
    recordAsDue()
  }

  /// Has it called no later than was said: the thread may have been about to write what it knew before.
  ///
  /// Where it is later than it was, the next look at the peak finds out.
  @inline(__always)
  mutating func recordAsDue() { if recordAt < limit { limit = recordAt } }

  func recorded(at place: Int) -> Ref<RecordedThread>? {
    Ref(address: unsafe recordedThreads[unchecked: place])
  }

  mutating func setRecorded(_ thread: Ref<RecordedThread>?, at place: Int) {
    unsafe recordedThreads[unchecked: place] = thread?.address ?? 0
  }

  /// A number for a walk, of 20 bits, that the last ones did not have.
  mutating func nextWalk() -> Int32 {
    walks = (walks &+ 1) & 0xFFFFF
    return walks
  }

  /// In the child of a fork: the thread, whether it is there or not, is in the middle of nothing.
  mutating func forgetRecording() {
    recordNothing()
    isBusyRecording = false
    isForking = false
    isAloneAtTables = false
  }

  /// What is allocated from now on is not recorded, nor called dropped; not while recording a block.
  mutating func beginOwnDoing() {
    isBusyRecording = true
    isOwnDoing = true
  }

  mutating func endOwnDoing() {
    isOwnDoing = false
    isBusyRecording = false
  }

  mutating func dropForNesting() { if !isOwnDoing { droppedForNesting = droppedForNesting &+ 1 } }

  /// Sets the watermark, from which on the peak is kept.
  @inline(__always)
  mutating func setPeak(_ bytes: Int) {
    peak = bytes
    limit = taken
  }

  /// Counts a block of malloc's, and says whether `raisePeak` is to be called: by the caller, who can
  /// make it the last thing it does, so that a hook has nothing to keep over a call.
  @inline(__always)
  mutating func tookBlock(_ bytes: Int, requested asked: Int) -> Bool {
    taken = taken &+ bytes
    allocated = allocated &+ bytes
    allocations = allocations &+ 1
    requested = requested &+ asked
    return taken > limit
  }

  @inline(__always)
  mutating func gaveBlock(_ block: Address, _ bytes: Int) {
    freed = freed &+ bytes
    frees = frees &+ 1
    // Its owner may know it by an address behind a debugging allocator's header.
    if UInt(bitPattern: beingFreed &- block) <= UInt(debugExtra) { beingFreed = 0 }
  }

  /// The same for a small object.
  @inline(__always)
  mutating func tookObject(_ bytes: Int, requested asked: Int) -> Bool {
    taken = taken &+ bytes
    pythonAllocations = pythonAllocations &+ 1
    pythonRequested = pythonRequested &+ asked
    return taken > limit
  }

  @inline(__always)
  mutating func gaveObject(_ bytes: Int) {
    pythonFreed = pythonFreed &+ bytes
  }

  /// Counts blocks of malloc's that were not seen; or, when `times` is negative, takes out what was seen
  /// and is not to count.
  ///
  /// The peak is left as it is.
  mutating func correctBlocks(_ times: Int, of bytes: Int, requested asked: Int) {
    taken = taken &+ times &* bytes
    limit = limit &+ times &* bytes
    recordAt = recordAt &+ times &* bytes
    allocated = allocated &+ times &* bytes
    allocations = allocations &+ times
    requested = requested &+ times &* asked
  }

  /// The same for small objects.
  mutating func correctObjects(_ times: Int, of bytes: Int, requested asked: Int) {
    taken = taken &+ times &* bytes
    limit = limit &+ times &* bytes
    recordAt = recordAt &+ times &* bytes
    pythonAllocations = pythonAllocations &+ times
    pythonRequested = pythonRequested &+ times &* asked
  }

  /// Private memory that was mapped directly; with the table of mappings held.
  mutating func mapped(_ bytes: Int, requested asked: Int) {
    mapped = mapped &+ bytes
    mappedAllocated = mappedAllocated &+ bytes
    mappings = mappings &+ 1
    mappedRequested = mappedRequested &+ asked
    raisePeak()
  }

  /// The same, unmapped.
  mutating func unmapped(_ bytes: Int) { mapped = mapped &- bytes }
}
