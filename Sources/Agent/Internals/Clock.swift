// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// A moment in ticks of the time stamp counter.
typealias Ticks = UInt64

/// Nanoseconds of the kernel's monotonic clock.
func monotonicNanoseconds() -> Int {
  var now = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &now)
  return now.tv_sec &* 1_000_000_000 &+ now.tv_nsec
}

/// Knows how long a tick lasts, from two readings of both clocks: at the start, and whenever it is
/// asked.
struct Clock {
  private var startTicks: Ticks = 0
  private var startNanoseconds = 0

  mutating func start() {
    startTicks = peakline_ticks()
    startNanoseconds = monotonicNanoseconds()
  }

  /// Seconds per tick: the longer ago the start, the better known (1e-4 after a millisecond).
  func secondsPerTick() -> Double {
    let ticks = Double(peakline_ticks() &- startTicks)
    let nanoseconds = Double(monotonicNanoseconds() &- startNanoseconds)
    return ticks > 0 && nanoseconds > 0 ? nanoseconds / ticks * 1e-9 : 1e-9
  }
}
