// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// Watches a program that `mprof run` has started: samples when they are due, signals when they come.
struct RunningProgram {
  let program: StartedProgram
  let file: SeriesFile
  /// Seconds from sample to sample.
  let interval: Double
  /// Seconds after which to stop watching; the program goes on.
  let timeout: Double?
  var signals: SignalQueue
  var sampler: Sampler
  var writer: SeriesWriter
  var guardian: Guardian?

  /// What came of it.
  struct Outcome {
    /// Nil if the program still runs.
    var ending: StartedProgram.Ending?
    /// The signals that came for this process, and are the program's.
    var handedOn: Set<Int32>
  }

  private(set) var handedOn: Set<Int32> = []
  /// What has woken this process last, if it was no shell.
  private(set) var waker: Waker?

  /// Returns when the program has ended, or the time is up.
  mutating func watch() -> Outcome {
    let start = Instant.now()
    let end = timeout.map { start.advanced(by: $0) }
    var schedule = Schedule(from: start, every: interval)
    var flushed = start
    // A program that has ended before its end could be heard of.
    var isNew = true
    while true {
      let now = Instant.now()
      if now >= schedule.due {
        sampler.sample(at: WallTime.now(), into: &writer)
        guardian?.look(at: &sampler, now: now, start: start)
        schedule.advance(past: now)
        if now >= flushed.advanced(by: 1) {
          flush()
          flushed = now
        }
      }
      guardian?.killIfDue(&sampler, now: now)
      var deadline = schedule.due
      if let due = guardian?.killTime {
        deadline = min(deadline, due)
      } else if let end {
        if now >= end { return leave() }
        deadline = min(deadline, end)
      }
      let signal = isNew ? SignalQueue.Arrival.child : signals.next(before: deadline)
      isNew = false
      guard let signal else { continue }
      if signal.number == SIGCHLD {
        program.releaseOthers()
        switch program.change() {
        case .none: break
        case .stopped(let number):
          // Unless it was the limit that stopped it, or somebody who will wake it alone.
          if guardian?.report == nil && number != SIGSTOP { stop(by: number) }
        case .ended: return finish(start)
        }
      } else {
        handOn(signal)
      }
    }
  }

  /// Stops, as the program has, until a shell wakes both, or somebody the program.
  private mutating func stop(by number: Int32) {
    let waker = Waker(for: program.processID)
    self.waker = waker
    signals.stop(by: number)
    waker.end()
  }

  /// A signal for this process is meant for the program; one of the terminal's has come to it already.
  ///
  /// So has what one of the program's own processes sends to the group, and what they send to the
  /// program's parent is not for it. Of others nobody can tell whether they sent to this process or to
  /// the group: a signal that comes twice is better than one that does not come.
  private mutating func handOn(_ signal: SignalQueue.Arrival) {
    switch signal.number {
    case SIGPIPE, SIGXFSZ: return
    case SIGCONT:
      // A shell wakes the whole group.
      if program.isStopped != false, signal.sender != waker?.processID {
        kill(program.processID, SIGCONT)
      }
    default:
      handedOn.insert(signal.number)
      let isTheProgramsOwn = program.isOrigin(of: signal.sender)
      // That a terminal is gone is told to the first process of its session only.
      let isOursAlone = signal.number == SIGHUP && getsid(0) == getpid()
      if !signal.isKernels || isOursAlone, !isTheProgramsOwn {
        kill(program.processID, signal.number)
      }
    }
  }

  private mutating func leave() -> Outcome {
    flush()
    return Outcome(ending: nil, handedOn: handedOn)
  }

  private mutating func finish(_ start: Instant) -> Outcome {
    let (ending, most, hadChildren) = program.end()
    sampler.end(
      most: most, hadChildren: hadChildren, own: StartedProgram.ownMost, at: WallTime.now(),
      into: &writer)
    guardian?.endTree(sampler, signals: &signals)
    flush()
    return Outcome(ending: ending, handedOn: handedOn)
  }

  private mutating func flush() {
    file.write(writer.bytes)
    writer.removeAll()
  }
}
