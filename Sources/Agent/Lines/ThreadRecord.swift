// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// What the line engine knows of one thread.
///
/// A record is never given back: when its thread ends, the next new thread takes it over, so there
/// are as many as threads ran at once.
struct ThreadRecord: BitwiseCopyable {
  /// Cleared by the thread's own end, which does not hold the GIL; hence stored and loaded
  /// atomically.
  var inUse: Int32 = 1
  /// Counts the threads that had the record.
  var life: UInt32 = 0
  /// Its place among the interpreter's threads, by when they were started.
  var number: UInt64 = 0
  /// The evaluation hook has its trace function on for this thread.
  var isTracing = false
  /// The evaluation hook is just setting a trace function, which may call Python (audit hooks).
  var isSwitching = false
  /// The innermost activation.
  var top: Ref<Activation>?
  /// When this thread's last event ended: the gate for reading the memory.
  var lastEvent: Ticks = 0
  var next: Ref<ThreadRecord>?
  /// The trace function and its object that were on before ours (evaluation hook only).
  var outerTrace = 0
  var outerTraceObject = 0
  /// Below this address the stack is too full for more hooked frames; the highest: not known yet
  /// (evaluation hook only).
  var stackFloor: UInt = .max
}

/// Registers the destructor that hands a thread's record on.
struct ThreadEnds {
  private var key: pthread_key_t = 0
  private var made = false

  mutating func start() {
    if made { return }
    made = unsafe agent_thread_end_key(&key, threadEnded) == 0
  }

  func watch(_ thread: Ref<ThreadRecord>) {
    if made { unsafe agent_thread_end_watch(key, UnsafeRawPointer(bitPattern: thread.address)) }
  }
}

private func threadEnded(_ record: UnsafeMutableRawPointer?) {
  guard let thread = Ref<ThreadRecord>(address: Int(bitPattern: record)) else { return }
  unsafe peakline_thread_slot().pointee = nil
  unsafe peakline_store_release(&thread[].inUse, 0)
}
