// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Why a running process cannot be attached to; each is one sentence that says what to do.
struct AttachFailure: Error, Equatable {
  /// The process.
  var process: pid_t
  var reason: Reason

  enum Reason: Equatable {
    case noProc
    case noProcess
    case hasEnded
    case isKernels
    /// Only threads are left of it that it has started, and the kernel shows no memory any more.
    case hasNoMainThread
    case isOurselves
    /// It is one of a process's threads.
    case isThread(of: pid_t)
    /// This command's own architecture.
    case unknownArchitecture
    /// It belongs to another user, who is asked for.
    case otherUser
    /// It is stopped by a signal, as with Ctrl-Z.
    case stopped
    /// A debugger, strace or another attach is at it.
    case traced(by: pid_t)
    /// The kernel does not let us; what may be done about it.
    case forbidden(Permission)
    case otherArchitecture
    /// Its return addresses are kept a second time, where a call from outside has none.
    case hasShadowStack
    /// It may make hardly any system calls (seccomp's strict mode).
    case isSealed
    case is32Bit
    case isStatic
    case isMusl
    case notPython
    case olderPython
    /// A file that it has loaded is not the one of that name any more.
    case replaced(path: String)
    /// It has a file system of its own, in which the path is not, or is another file.
    case notVisible(path: String)
    /// Another installation's agent is in it.
    case otherAgent(path: String)
    /// It did not come to a safe place within so many seconds; what was left in it.
    case noSafePlace(after: Double, Left)
    /// A signal to this command asked for an end before that.
    case interrupted(by: Int32, Left)
    /// What it was told to do has begun, and does not come to an end.
    case noAnswer
    /// It uses none of the interpreter's functions any more, or not yet.
    case notReady
    /// No thread of it could be stopped or used.
    case noThread
    /// It got no memory for machine code, or no thread.
    case noRoom
    /// What Python's code in it said.
    case refused(String)
  }

  /// What stays in a process that did not come to a safe place.
  enum Left: Equatable {
    case nothing
    /// A call that is due when its main thread runs Python's code again.
    case call
    /// A thread that waits for the interpreter's lock.
    case thread
  }

  enum Permission: Equatable {
    /// Yama's setting, 1 to 3.
    case ptraceScope(Int)
    /// A container without CAP_SYS_PTRACE, or a filter of system calls.
    case container
    /// It has rights that we have not, or does not want to be looked at.
    case protected
  }

  /// As a shell has it where a signal asked for the end.
  var exitCode: Int32 {
    guard case .interrupted(let signal, _) = reason else { return 1 }
    return 128 + signal
  }

  var description: String { "peakline: process \(process) \(sentence)" }

  private var sentence: String {
    switch reason {
    case .noProc: "cannot be looked at: /proc is not mounted here, or is another system's"
    case .noProcess: "is not there: see 'ps -e' for those that are"
    case .hasEnded: "has ended"
    case .isKernels: "is the kernel's own: name a Python program"
    case .hasNoMainThread:
      "has ended its main thread, and cannot be looked into since: start the program with "
        + "'peakline record'"
    case .isOurselves: "is this very command: name a Python program"
    case .isThread(let owner): "is a thread of process \(owner): name that one"
    case .unknownArchitecture:
      "cannot be attached to: that is for x86-64 only; start the program with 'peakline record'"
    case .otherUser: "belongs to another user: attach as that user, or as root"
    case .stopped: "is stopped by a signal: let it go on first, with 'kill -CONT \(process)' or fg"
    case .traced(let tracer):
      "is being traced by process \(tracer) (a debugger, strace or another attach): wait for its end, "
        + "or end it"
    case .forbidden(let permission): permission.sentence
    case .otherArchitecture: "is a program of another architecture than Peakline's agent"
    case .hasShadowStack:
      "uses a shadow stack, on which functions cannot be called from outside: start the program "
        + "with 'peakline record'"
    case .isSealed:
      "has sealed itself off (seccomp's strict mode), so that attaching would end it: start the "
        + "program with 'peakline record'"
    case .is32Bit: "is a 32-bit program, and Peakline's agent is made for 64 bits"
    case .isStatic:
      "is linked statically, so that no library can be loaded into it: run the program with another "
        + "Python"
    case .isMusl:
      "uses the C library musl, and Peakline's agent needs glibc: run the program with a Python for "
        + "glibc"
    case .notPython:
      "runs no Python, or one whose functions cannot be found by name: 'mprof attach \(process)' "
        + "records the memory of any process over time"
    case .olderPython: "runs a Python that is older than 3.10: run the program with a newer one"
    case .replaced(let path):
      "still uses \(path), which was replaced on the disk since it began (an upgrade?): start the "
        + "program anew"
    case .notVisible(let path):
      "has a file system of its own, in which \(path) is missing or another file (a container?): "
        + "install Peakline there and attach from inside, or name a folder with -o that both have"
    case .otherAgent(let path):
      "has another installation's agent loaded (\(path)): use the 'peakline' of that installation"
    case .noSafePlace(let seconds, let left):
      "did not come to a place where Python's code may run within \(Self.text(seconds)) s"
        + "\(left.cause)\(left.sentence): try again later, or wait longer with --timeout"
    case .interrupted(_, let left):
      "was left alone before Python's code could run in it\(left.sentence)"
    case .noAnswer:
      "has begun with what it was told, and has not answered: 'peakline detach \(process)' ends a "
        + "recording that may have begun"
    case .notReady: "is not running Python's code yet, or not any more: try again"
    case .noThread:
      "has no thread that can be used now: all wait where the kernel does not interrupt, or are busy "
        + "with the interpreter's own affairs: try again"
    case .noRoom:
      "could not be given memory for machine code, or a thread (a limit, or a rule such as "
        + "SELinux's?): start the program with 'peakline record'"
    case .refused(let words): "is not recorded: \(words)"
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
  }
}

extension AttachFailure.Left {
  /// What the place was waited for.
  fileprivate var cause: String {
    switch self {
    case .call: ": its main thread is in native code or a system call"
    case .thread: ": native code holds Python's lock"
    case .nothing: ""
    }
  }

  fileprivate var sentence: String {
    switch self {
    case .call: "; all that is left in it is a call that will do nothing, and \(Self.memory)"
    case .thread:
      "; all that is left in it is a thread that will end without doing anything when it gets that "
        + "lock, and \(Self.memory)"
    case .nothing: "; nothing is left in it"
    }
  }

  private static var memory: String { "\(ErrandStart.size >> 10) KiB of memory" }
}

extension AttachFailure.Permission {
  fileprivate var sentence: String {
    switch self {
    case .ptraceScope(1):
      "may not be attached to: this system lets only parents and root do so (kernel.yama.ptrace_scope "
        + "is 1): attach as root, or allow it with 'sudo sysctl kernel.yama.ptrace_scope=0'"
    case .ptraceScope(2):
      "may not be attached to: this system lets only root do so (kernel.yama.ptrace_scope is 2): "
        + "attach as root"
    case .ptraceScope:
      "may not be attached to: this system forbids it to everybody (kernel.yama.ptrace_scope is 3): "
        + "start the program with 'peakline record' instead"
    case .container:
      "may not be attached to: this container lacks CAP_SYS_PTRACE, or filters ptrace: start it with "
        + "'--cap-add=SYS_PTRACE', or the program with 'peakline record'"
    case .protected:
      "may not be attached to: it has rights of its own (setuid, capabilities), or forbids it: attach "
        + "as root, and from outside if this is a container"
    }
  }
}
