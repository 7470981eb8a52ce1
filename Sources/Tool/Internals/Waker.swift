// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Wakes this process, while it is stopped, when its program goes on without it.
///
/// A shell must see this process stopped when the program is. But who wakes the program alone does not
/// know of this process, and one that is stopped hears of nothing: so another looks, as long as it
/// takes.
struct Waker {
  /// Who sends the SIGCONT; -1 if there can be no such process.
  let processID: pid_t

  init(for program: pid_t) {
    let sleeper = getpid()
    let isSeen = System.procIsOurs
    processID = fork()
    guard processID == 0 else { return }
    // What is sent to the group is not for this one.
    setpgid(0, 0)
    var text = KernelText()
    while getppid() == sleeper {
      usleep(100_000)
      // Again and again: it may not have been stopped yet.
      if isSeen, let state = text.readState(of: program), state != UInt8(ascii: "T") {
        kill(sleeper, SIGCONT)
      }
    }
    _exit(0)
  }

  func end() {
    guard processID > 0 else { return }
    kill(processID, SIGKILL)
    while waitpid(processID, nil, 0) < 0 && errno == EINTR {}
  }
}
