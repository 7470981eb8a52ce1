// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// A program that this process has started and watches: same group, terminal, descriptors, signal mask
/// and environment as without us.
struct StartedProgram {
  /// How it ended.
  enum Ending: Equatable {
    case status(Int32)
    case signal(Int32)

    /// As a shell gives it.
    var shellStatus: Int32 {
      switch self {
      case .status(let status): status
      case .signal(let number): 128 + number
      }
    }
  }

  /// What has happened to it.
  enum Change: Equatable {
    case none
    case stopped(by: Int32)
    case ended
  }

  let processID: pid_t

  /// Starts a program, which knows itself by a name.
  ///
  /// A text file without an interpreter's line is a shell's script, as `execvp` has it.
  init(_ path: SystemText, words: [SystemText], mask: sigset_t) throws(Failure) {
    // We need to hear of its end, also where we were told to ignore that; so that the program is not.
    signal(SIGCHLD, SIG_DFL)
    var started = Self.spawn(path, words, mask)
    if started.error == ENOEXEC {
      started = Self.spawn("/bin/sh", ["/bin/sh", path] + words.dropFirst(), mask)
    }
    guard started.error == 0 else {
      throw .cannotStart(
        program: path.text, reason: unsafe String(cString: strerror(started.error)))
    }
    processID = started.child
  }

  private static func spawn(
    _ path: SystemText, _ words: [SystemText], _ mask: sigset_t
  ) -> (child: pid_t, error: Int32) {
    let words = CStrings(words)
    var mask = mask
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setsigmask(&attributes, &mask)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var child: pid_t = 0
    let error = unsafe posix_spawn(
      &child, path.cString, nil, &attributes, words.pointers, environ)
    return (child, error)
  }

  /// Asks what has happened; one that has ended stays as it is until `end()`.
  func change() -> Change {
    var info = unsafe siginfo_t()
    let how = WEXITED | WNOHANG | WNOWAIT
    guard unsafe waitid(P_PID, id_t(processID), &info, how) == 0 else { return .ended }
    if unsafe info.si_signo == SIGCHLD { return .ended }
    var status: Int32 = 0
    let found = unsafe waitid(P_PID, id_t(processID), &info, WSTOPPED | WNOHANG)
    guard found == 0, unsafe info.si_signo == SIGCHLD else { return .none }
    status = unsafe info._sifields._sigchld.si_status
    return .stopped(by: status)
  }

  /// Lets go of children that have ended and are not the program: the first process of a container gets
  /// all orphans, and nobody else would.
  func releaseOthers() {
    while true {
      var info = unsafe siginfo_t()
      guard unsafe waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return }
      let child = unsafe info._sifields._sigchld.si_pid
      guard child != 0, child != processID else { return }
      waitpid(child, nil, 0)
    }
  }

  /// Whether it is stopped at this moment; nil where that cannot be seen.
  var isStopped: Bool? {
    guard System.procIsOurs else { return nil }
    var text = KernelText()
    return text.readState(of: processID).map { $0 == UInt8(ascii: "T") }
  }

  /// Whether a process is the program, or was started by it or by one that was.
  func isOrigin(of process: pid_t) -> Bool {
    if process == processID { return true }
    guard System.procIsOurs else { return false }
    var text = KernelText()
    var process = process
    for _ in 0..<64 where process > 1 {
      if process == processID { return true }
      guard text.read("/proc/\(process)/stat"), let parent = text.statField(1) else { return false }
      process = pid_t(parent)
    }
    return false
  }

  /// What the kernel knows of it when it has ended, and lets it go.
  func end() -> (ending: Ending, most: Kibibytes, hadChildren: Bool?) {
    var text = KernelText()
    var hadChildren: Bool?
    // Page faults of children that were waited for: a process without any has not run.
    if System.procIsOurs, text.read("/proc/\(processID)/stat"), let small = text.statField(8) {
      hadChildren = small > 0
    }
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(processID, &status, 0, &usage) < 0 {
      guard errno == EINTR else { return (.status(0), Kibibytes(0), nil) }
    }
    let ending: Ending = status & 127 == 0 ? .status(status >> 8 & 255) : .signal(status & 127)
    return (ending, Kibibytes(usage.ru_maxrss), hadChildren)
  }

  /// The most that this process itself has had: a program begins as the one that starts it, and the
  /// kernel counts that too.
  static var ownMost: Kibibytes {
    var text = KernelText()
    if text.read("/proc/self/status"), let own = text.kibibytes(of: "VmHWM:") { return own }
    // Of whatever this process was before, too.
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Kibibytes(usage.ru_maxrss)
  }
}
