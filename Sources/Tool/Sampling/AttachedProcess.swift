// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// Watches a process that was there before, and is nothing of ours: it is only looked at.
struct AttachedProcess {
  let file: SeriesFile
  let interval: Double
  /// Seconds after which to stop watching; there is no other end than the process's.
  let timeout: Double?
  var signals: SignalQueue
  var sampler: Sampler
  var writer: SeriesWriter

  /// How long the end of the process may go unnoticed when samples are far apart.
  private static let patience = 0.1

  /// Returns when the process has ended, the time is up, or a signal wants it; that signal.
  mutating func watch() -> Int32? {
    sampler.forgetThePast()
    let start = Instant.now()
    let end = timeout.map { start.advanced(by: $0) }
    var schedule = Schedule(from: start, every: interval)
    var flushed = start
    defer { flush() }
    while true {
      let now = Instant.now()
      if now >= schedule.due {
        sampler.sample(at: WallTime.now(), into: &writer)
        schedule.advance(past: now)
        if now >= flushed.advanced(by: 1) {
          flush()
          flushed = now
        }
      }
      guard let root = sampler.tree.root, root.isAlive else { return nil }
      if let end, now >= end { return nil }
      var deadline = min(schedule.due, now.advanced(by: Self.patience))
      if let end { deadline = min(deadline, end) }
      guard let signal = signals.next(before: deadline)?.number else { continue }
      switch signal {
      case SIGINT, SIGTERM, SIGHUP, SIGQUIT: return signal
      case SIGTSTP: signals.stop(by: signal)
      default: break
      }
    }
  }

  private mutating func flush() {
    file.write(writer.bytes)
    writer.removeAll()
  }
}
