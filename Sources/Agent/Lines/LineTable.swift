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
  /// Activations of this thread that stand in the unit now: only the outermost adds, so that a
  /// recursive call's memory is not counted once a level.
  var open: Int32 = 0
  /// When it was first measured, among the table's rows; 0: not yet.
  var order: UInt32 = 0
}
