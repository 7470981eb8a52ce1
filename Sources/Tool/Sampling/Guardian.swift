// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// Sees to it that a program and its processes stay within a limit: all of them are asked to end when
/// they do not, and killed if they have not after a grace.
struct Guardian {
  let limit: Kibibytes
  /// Seconds between asking and killing.
  static let grace = 5.0

  /// A process at the moment when the limit was passed.
  struct Share: Equatable {
    var processID: pid_t
    var name: String
    var memory: Kibibytes
  }

  /// What happened when the limit was passed.
  struct Report: Equatable {
    var total: Kibibytes
    var limit: Kibibytes
    var seconds: Double
    /// The largest first.
    var shares: [Share]
    var wasKilled = false
  }

  private(set) var report: Report?
  /// When those that were asked to end are killed.
  private(set) var killTime: Instant?

  init(limit: Kibibytes) { self.limit = limit }

  /// After each sample.
  mutating func look(at sampler: inout Sampler, now: Instant, start: Instant) {
    guard report == nil else { return }
    // One process alone may have been higher since the last sample than all are now.
    let most = max(sampler.total, sampler.highest)
    guard most > limit else { return }
    report = Report(
      total: most, limit: limit, seconds: now.seconds(since: start),
      shares: sampler.tree.shares())
    killTime = now.advanced(by: Self.grace)
    sampler.freezeTree()
    sampler.tree.send(SIGTERM)
    sampler.tree.send(SIGCONT)
  }

  /// Kills what was asked to end and has not, again and again until nothing is left.
  mutating func killIfDue(_ sampler: inout Sampler, now: Instant) {
    guard let killTime, now >= killTime else { return }
    self.killTime = now.advanced(by: 0.2)
    report?.wasKilled = true
    sampler.freezeTree()
    sampler.tree.send(SIGKILL)
  }

  /// The program has ended; those that it started and that were asked with it must, too.
  mutating func endTree(_ sampler: Sampler, signals: inout SignalQueue) {
    guard report != nil, let killTime else { return }
    var tree = sampler.tree
    while tree.isAlive, Instant.now() < killTime {
      _ = signals.next(before: Instant.now().advanced(by: 0.02))
    }
    let last = Instant.now().advanced(by: 1)
    while tree.isAlive, Instant.now() < last {
      report?.wasKilled = true
      tree.send(SIGKILL)
      _ = signals.next(before: Instant.now().advanced(by: 0.02))
    }
  }
}

extension ProcessTree {
  /// Sends a signal to every process.
  func send(_ signal: Int32) {
    for process in members where process.isAlive { kill(process.processID, signal) }
  }

  /// Stops all processes, until none is left that could start another: one whose parent has ended before
  /// it was found would be nobody's, and go on.
  mutating func freeze() {
    var stopped = 0
    for _ in 0..<20 {
      discover()
      for process in members[stopped...] where process.isAlive {
        kill(process.processID, SIGSTOP)
      }
      let isComplete = members.count == stopped && !members.contains { $0.isAlive && !$0.isStopped }
      stopped = members.count
      if isComplete { return }
      usleep(1000)
    }
  }

  /// Whether a process of it is alive, new ones included.
  var isAlive: Bool {
    mutating get {
      discover()
      return members.contains { $0.isAlive }
    }
  }

  /// What each has, the largest first.
  func shares() -> [Guardian.Share] {
    members.map {
      Guardian.Share(processID: $0.processID, name: $0.name, memory: $0.latest)
    }.sorted { $0.memory > $1.memory }
  }
}
