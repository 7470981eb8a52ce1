// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What a session counted of one watched code: a block of rows for each thread that ran it.
///
/// A thread writes only its own rows; who reads adds them up. Lives as long as its session, and
/// beyond until its last activation has ended.
struct LineTable: BitwiseCopyable {
  var session: Ref<Session>
  /// Nil once the code is no longer watched.
  var code: Ref<WatchedCode>?
  var unitCount: Int32
  var nextOfCode: Ref<LineTable>?
  var nextOfSession: Ref<LineTable>?
  var threads: Ref<ThreadRows>?
  /// The backend's figure when the code was first entered, in bytes: the table's baseline.
  var baseline = Int.min
  /// The last number given to a row when it was first measured.
  var order: UInt32 = 0
  /// Activations that still write to it.
  var activations = 0
  /// Whether the code was entered on a thread that stood in it already: then what the inner call
  /// cost is in the line that made the call and again in those that it ran.
  var isRecursive = false
  /// Calls by threads that were there before a session for new ones began.
  var callsElsewhere = 0
  /// Its session is gone; the last activation gives it back.
  var abandoned = false
}

/// One thread's rows of a table, one for each unit.
///
/// A thread record that ends and is taken over by a new thread keeps its rows: sums go on.
struct ThreadRows: BitwiseCopyable {
  var thread: Ref<ThreadRecord>
  var next: Ref<ThreadRows>?
  var table: Ref<LineTable>
  var rows: Ref<Row>
  /// Activations of this thread that write to them now.
  var activations: Int32 = 0

  @inline(__always)
  func row(_ unit: Int32) -> Ref<Row> { rows.advanced(by: Int(unit)) }
}

/// What one thread did in one unit.
///
/// Bytes and ticks; differences add up over executions, the usage is a maximum.
struct Row: BitwiseCopyable {
  var occurrences = 0
  /// The highest reading when control left the unit.
  var usage = 0
  var increment = 0
  var rssIncrement = 0
  var ticks: Ticks = 0
  /// What the ledger says, only where the session counts the heap.
  var heap = HeapFigures()
  /// Activations of this thread that stand in the unit now: only the outermost adds, so that a
  /// recursive call's memory is not counted once a level.
  var open: Int32 = 0
  /// When it was first measured, among the table's rows; 0: not yet.
  var order: UInt32 = 0
}

/// What one thread allocated and freed in one unit, in bytes and blocks.
///
/// The net change is the row's increment.
struct HeapFigures: BitwiseCopyable {
  /// The most that was live above the start of an execution; a maximum over the executions.
  var ownPeak = 0
  var allocated = 0
  var freed = 0
  var allocations = 0
  /// Bytes asked for.
  var requested = 0
  /// The part of the net change that is Python's small objects.
  var python = 0
  /// The net change of all other threads meanwhile.
  var otherThreads = 0

  /// Adds an execution, from `start` to `end`.
  @inline(__always)
  mutating func add(from start: HeapReading, to end: HeapReading, peak: Int, others: Int) {
    let taken = end.allocated &- start.allocated
    allocated = allocated &+ taken
    freed = freed &+ (taken &- (end.live &- start.live))
    allocations = allocations &+ (end.allocations &- start.allocations)
    requested = requested &+ (end.requested &- start.requested)
    python = python &+ (end.python &- start.python)
    otherThreads = otherThreads &+ others
    ownPeak = max(ownPeak, peak &- start.live)
  }

  /// Adds another thread's figures.
  mutating func add(_ other: HeapFigures) {
    ownPeak = max(ownPeak, other.ownPeak)
    allocated = allocated &+ other.allocated
    freed = freed &+ other.freed
    allocations = allocations &+ other.allocations
    requested = requested &+ other.requested
    python = python &+ other.python
    otherThreads = otherThreads &+ other.otherThreads
  }
}
