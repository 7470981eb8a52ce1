// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// A moment in ticks of the time stamp counter.
typealias Ticks = UInt64

/// Knows how long a tick lasts, from two readings of both clocks: at the start, and whenever it is
/// asked.
struct Clock {
  private var startTicks: Ticks = 0
  private var startNanoseconds = 0

  mutating func start() {
    startTicks = peakline_ticks()
    startNanoseconds = nanoseconds(of: CLOCK_MONOTONIC)
  }

  /// Seconds per tick: the longer ago the start, the better known (1e-4 after a millisecond).
  func secondsPerTick() -> Double {
    let ticks = Double(peakline_ticks() &- startTicks)
    let nanoseconds = Double(nanoseconds(of: CLOCK_MONOTONIC) &- startNanoseconds)
    return ticks > 0 && nanoseconds > 0 ? nanoseconds / ticks * 1e-9 : 1e-9
  }
}
