// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// A moment of the monotonic clock, for deadlines.
struct Instant: Comparable {
  var nanoseconds: Int

  static func now() -> Instant { Instant(nanoseconds: nanosecondsOf(CLOCK_MONOTONIC)) }

  static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

  func advanced(by seconds: Double) -> Instant {
    Instant(nanoseconds: nanoseconds &+ Int(seconds * 1e9))
  }

  func seconds(since earlier: Instant) -> Double {
    Double(nanoseconds - earlier.nanoseconds) / 1e9
  }
}

extension WallTime {
  static func now() -> WallTime {
    WallTime(nanosecondsSinceEpoch: nanosecondsOf(CLOCK_REALTIME))
  }
}

private func nanosecondsOf(_ clock: clockid_t) -> Int {
  var time = timespec()
  unsafe clock_gettime(clock, &time)
  return Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
}

/// The moments at which samples are due: a grid from the start on, so that no delay adds up.
struct Schedule {
  private let start: Instant
  private let interval: Int
  private var count = 0

  init(from start: Instant, every seconds: Double) {
    self.start = start
    interval = max(1, Int(seconds * 1e9))
  }

  var due: Instant { Instant(nanoseconds: start.nanoseconds &+ count &* interval) }

  /// On to the first moment of the grid that is still to come; those that were slept through are lost.
  mutating func advance(past now: Instant) {
    count = max(count + 1, (now.nanoseconds - start.nanoseconds) / interval + 1)
  }
}
