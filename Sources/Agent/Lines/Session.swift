// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// One measurement: a set of watched codes, counted while the session is on.
///
/// A session is on for the threads that began it, for those that have started since, or for all. Sessions nest and overlap freely;
/// each has its own tables.
struct Session: BitwiseCopyable {
  var backend: Backend
  /// How often it was begun for all threads and not ended.
  var begunForAll = 0
  /// How often it was begun for new threads, too, and not ended; the highest number of a thread that is
  /// not new.
  var begunForNew = 0
  var highestOld: UInt64 = 0
  /// The threads that began it, each with its count.
  var begun: Ref<Begun>?
  var tables: Ref<LineTable>?

  /// That a thread began a session: a node of the session's list.
  struct Begun: BitwiseCopyable {
    var thread: Ref<ThreadRecord>
    /// Which of the threads that had the record one after the other.
    var life: UInt32
    var count = 0
    var next: Ref<Begun>?
  }

  @inline(__always)
  func isOn(_ thread: Ref<ThreadRecord>) -> Bool {
    if begunForAll > 0 || (begunForNew > 0 && thread[].number > highestOld) { return true }
    var node = begun
    while let one = node {
      if one[].thread == thread { return one[].count > 0 && one[].life == thread[].life }
      node = one[].next
    }
    return false
  }
}
