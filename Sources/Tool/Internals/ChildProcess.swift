// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader
import Glibc

/// A program that runs in this one's place, as far as others can see: same group, same descriptors, same
/// terminal; signals are handed on to it, and this process ends as it did.
enum ChildProcess {
  /// The child, for the handler of signals.
  nonisolated(unsafe) private static var child: pid_t = 0

  /// Signals that somebody sends to this process and means the program.
  ///
  /// Those of the terminal's keys come to both by themselves.
  private static let handedOn = [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGWINCH]

  /// Runs a program to its end.
  static func run(
    _ path: SystemText, arguments: [SystemText], environment: [SystemText]
  ) throws(Failure) -> Sealing.Exit {
    let words = CStrings([path] + arguments)
    let variables = CStrings(environment)
    // Nothing may come before the handlers are in place, or be lost between.
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe sigprocmask(SIG_BLOCK, &all, &before)
    defer { unsafe sigprocmask(SIG_SETMASK, &before, nil) }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setsigmask(&attributes, &before)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var started: pid_t = 0
    let error = unsafe posix_spawn(
      &started, path.cString, nil, &attributes, words.pointers, variables.pointers)
    guard error == 0 else {
      throw .cannotStart(program: path.text, reason: unsafe String(cString: strerror(error)))
    }
    unsafe child = started
    // The terminal's keys are the program's to answer: this process waits for how it does.
    signal(SIGINT, SIG_IGN)
    signal(SIGQUIT, SIG_IGN)
    for number in handedOn { signal(number) { _ = unsafe kill(ChildProcess.child, $0) } }
    unsafe sigprocmask(SIG_SETMASK, &before, nil)
    var status: Int32 = 0
    while unsafe waitpid(started, &status, 0) < 0 && errno == EINTR {}
    return status & 127 == 0 ? .status(status >> 8 & 255) : .signal(status & 127)
  }

  /// Ends this process as the program ended.
  static func end(as ending: Sealing.Exit) -> Never {
    switch ending {
    case .status(let status): exit(status)
    case .signal(let number):
      // A core of this process would be of no use to anybody.
      var none = rlimit()
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
      signal(number, SIG_DFL)
      var set = sigset_t()
      unsafe sigemptyset(&set)
      unsafe sigaddset(&set, number)
      unsafe sigprocmask(SIG_UNBLOCK, &set, nil)
      kill(getpid(), number)
      exit(128 + number)
    }
  }
}
