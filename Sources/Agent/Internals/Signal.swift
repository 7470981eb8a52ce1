// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// One thread tells another something once, through a futex: no descriptor that the program could
// close, no lock, no allocation.

import CAgent
import Synchronization

/// Something that is raised once and may be waited for.
///
/// It lives in memory that its user maps.
@safe
struct Signal {
  private let word: UnsafeMutablePointer<Atomic<UInt32>>

  /// A signal that is not raised yet, in four bytes at `place`.
  init(at place: UnsafeMutableRawPointer) {
    unsafe word = place.assumingMemoryBound(to: Atomic<UInt32>.self)
    unsafe word.initialize(to: Atomic(0))
  }

  var isRaised: Bool {
    unsafe word.pointee.load(ordering: .acquiring) != 0
  }

  /// Raises it; a second time does nothing.
  func raise() {
    if unsafe word.pointee.exchange(1, ordering: .releasing) == 0 {
      _ = unsafe peakline_syscall(
        Int(SYS_futex), Int(bitPattern: word), Int(FUTEX_WAKE | FUTEX_PRIVATE_FLAG), Int(Int32.max),
        0, 0, 0)
    }
  }

  /// Waits until it is raised, or until a moment of the monotonic clock in nanoseconds; may return
  /// early.
  func wait(until deadline: Int = Int.max) {
    if deadline == Int.max {
      wait(0)
    } else {
      var time = timespec()
      time.tv_sec = deadline / 1_000_000_000
      time.tv_nsec = deadline % 1_000_000_000
      unsafe withUnsafePointer(to: &time) { wait(Int(bitPattern: $0)) }
    }
  }

  private func wait(_ deadline: Int) {
    _ = unsafe peakline_syscall(
      Int(SYS_futex), Int(bitPattern: word), Int(FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG), 0,
      deadline, 0,
      Int(FUTEX_BITSET_MATCH_ANY))
  }
}
