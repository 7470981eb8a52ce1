// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A thread that has been waiting in the same system call for a while: it holds none of libc's locks, since
/// nobody sleeps with one of those, so that a thread can be started in its place.
struct SleepingThread: Equatable {
  let number: pid_t
  let systemCall: Int

  /// What must not have changed: the call, its arguments and place, and how often the thread has run.
  private struct Position: Equatable {
    var systemCall: Int
    var words: String
    var switches: [Int]
  }

  /// Those of a process, the best first.
  static func all(of process: pid_t) -> [SleepingThread] {
    let threads = Files.entries(of: "/proc/\(process)/task").compactMap { pid_t($0) }.sorted()
    let before = threads.map { position(of: $0, in: process) }
    usleep(10_000)
    return zip(threads, before).compactMap { thread, before in
      guard let before, before == position(of: thread, in: process) else { return nil }
      return SleepingThread(number: thread, systemCall: before.systemCall)
    }
    .sorted { rank($0) < rank($1) }
  }

  private static func position(of thread: pid_t, in process: pid_t) -> Position? {
    let folder = "/proc/\(process)/task/\(thread)"
    var text = KernelText()
    guard text.read(folder + "/syscall"), let systemCall = text.firstNumber,
      waiting.contains(systemCall)
    else { return nil }
    let words = text.string
    guard text.read(folder + "/status"), let own = text.number(of: "voluntary_ctxt_switches:"),
      let others = text.number(of: "nonvoluntary_ctxt_switches:")
    else { return nil }
    return Position(systemCall: systemCall, words: words, switches: [own, others])
  }

  /// Locks come behind what only waits, since libc has locks too, and calls that say EINTR to a program which
  /// was only looked at come last.
  private static func rank(_ thread: SleepingThread) -> Int {
    interruptible.contains(thread.systemCall) ? 2 : locks.contains(thread.systemCall) ? 1 : 0
  }

  /// futex, futex_waitv, and restart_syscall, which goes on with one that was interrupted.
  private static let locks: Set<Int> = [202, 449, 219]
  /// epoll_wait, epoll_pwait, epoll_pwait2, rt_sigtimedwait, semop, semtimedop, msgrcv.
  private static let interruptible: Set<Int> = [232, 281, 441, 128, 65, 220, 70]
  /// read, write, poll, readv, writev, select, pause, nanosleep, connect, accept, sendto, recvfrom,
  /// sendmsg, recvmsg, wait4, fcntl, flock, rt_sigsuspend, clock_nanosleep, waitid, pselect6, ppoll,
  /// accept4, recvmmsg, io_uring_enter.
  private static let others: Set<Int> = [
    0, 1, 7, 19, 20, 23, 34, 35, 42, 43, 44, 45, 46, 47, 61, 72, 73, 130, 230, 247, 270, 271, 288,
    299, 426,
  ]
  private static let waiting = interruptible.union(locks).union(others)
}
