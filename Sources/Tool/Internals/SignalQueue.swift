// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Signals as messages: they are blocked, and taken one by one with what the kernel says about each.
///
/// So nothing of this process runs in a handler, and a signal wakes it at once from waiting for the
/// next sample.
struct SignalQueue {
  /// A signal, and where it came from.
  struct Arrival: Equatable {
    var number: Int32
    /// Whether the kernel sent it: for a key of the terminal, or its size, all of the foreground's
    /// processes have got it.
    var isKernels: Bool
    var sender: pid_t

    /// Something about a child may have happened.
    static let child = Arrival(number: SIGCHLD, isKernels: true, sender: 0)
  }

  /// Those that end, stop or concern a program, and those about children and broken outputs.
  private static let numbers = [
    SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP, SIGCONT,
    SIGWINCH, SIGPIPE, SIGXFSZ,
  ]

  private var set = sigset_t()
  /// The mask that this process was started with, which is the program's to have.
  private(set) var inheritedMask = sigset_t()

  /// Blocks the signals from here on.
  init() {
    unsafe sigemptyset(&set)
    for number in Self.numbers { unsafe sigaddset(&set, number) }
    unsafe sigprocmask(SIG_BLOCK, &set, &inheritedMask)
  }

  /// The next signal; nil if none comes before the deadline.
  mutating func next(before deadline: Instant) -> Arrival? {
    while true {
      let left = max(0, deadline.nanoseconds - Instant.now().nanoseconds)
      var time = timespec(tv_sec: left / 1_000_000_000, tv_nsec: left % 1_000_000_000)
      var info = unsafe siginfo_t()
      let number = unsafe sigtimedwait(&set, &info, &time)
      if number > 0 {
        // Safe: of the union's members the sender's number is there for every signal that is sent.
        return Arrival(
          number: number, isKernels: unsafe info.si_code > 0,
          sender: unsafe info._sifields._kill.si_pid)
      }
      if errno != EINTR { return nil }
    }
  }

  /// Lets this process be stopped by a signal, as its program has been; returns when it goes on.
  func stop(by number: Int32) {
    var one = sigset_t()
    unsafe sigemptyset(&one)
    unsafe sigaddset(&one, number)
    kill(getpid(), number)
    unsafe sigprocmask(SIG_UNBLOCK, &one, nil)
    unsafe sigprocmask(SIG_BLOCK, &one, nil)
  }
}
