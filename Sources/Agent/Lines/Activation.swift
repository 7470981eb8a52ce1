// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A frame of a watched code that is running on a thread, and the unit in which it stands.
///
/// Nothing survives a suspension: a generator that yields ends its activation, and resuming makes a
/// new one in the same unit. So an abandoned generator leaves nothing behind.
struct Activation: BitwiseCopyable {
  /// The first session's record, at the activation's own address; more are rare and stand apart.
  var first: Record
  /// The one that was running when this began.
  var below: Ref<Activation>?
  var code: Ref<WatchedCode>
  /// The address of the code object, to be compared with an event's at the price of one load.
  var codeAddress: Int
  var unit: Int32
  var backends = Backends()
  var recordCount: Int32 = 0
  /// Another tracer wants no lines of the frame (evaluation hook only).
  var isUntracedOutside = false
  /// When the unit was entered.
  var entered: Ticks = 0
  var more: Ref<Record>?
  /// Where the thread's ledger stood when the unit was entered; only where a session counts the heap.
  var stretch: Ref<Stretch>?
  /// What the other threads had live then, as far as it was known.
  var othersBefore = 0
  /// What tracing the frame allocates (evaluation hook only).
  var tracing = TracingObjects()

  /// One session's view of an activation.
  struct Record: BitwiseCopyable {
    var rows: Ref<ThreadRows>
    /// The readings when the unit was entered, in bytes.
    var before = 0
    var rssBefore = 0
    var backend: Backend
  }
}
