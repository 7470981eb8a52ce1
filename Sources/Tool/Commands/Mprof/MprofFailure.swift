// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a user of `mprof` can get wrong, or find missing; one line each.
enum MprofFailure: Error, Equatable, CustomStringConvertible {
  /// A word that is none of the commands.
  case unknown(command: String)
  /// An option that is none of the command's, or lacks its value.
  case usage(command: String, sentence: String)
  case noProcess(String)
  case noProcessNamed(String)
  /// The kernel's files about processes cannot be seen.
  case noProc
  /// It is there, but the system shows it to its owner only.
  case hidden(pid_t)
  /// A kernel thread, or a process that has ended and not been asked about.
  case noMemory(pid_t)
  case otherUsers(pid_t, measure: String)
  case noSuchFile(String)
  /// An index of a list that is not so long.
  case noSuchIndex(Int, count: Int)
  /// No file was named, and there is none of the usual name.
  case noProfiles
  case cannotRead(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
  case cannotRemove(path: String, reason: String)
  case notRecorded(path: String)
  case noSamples(path: String)
  /// The program exists and cannot be started.
  case cannotStart(program: String, reason: String)
  case noProgram(String)

  var exitCode: Int32 {
    switch self {
    case .unknown, .usage: 2
    case .noProgram: 127
    case .cannotStart: 126
    case .noProfiles: 255
    default: 1
    }
  }

  var description: String { "mprof" + sentence }

  private var sentence: String {
    switch self {
    case .unknown(let command): ": there is no command '\(command)': see 'mprof --help'"
    case .usage(let command, let sentence):
      " \(command): \(sentence) (see 'mprof \(command) --help')"
    case .noProcess(let hint): ": there is no process \(hint)"
    case .noProcessNamed(let hint): ": there is no process whose name contains '\(hint)'"
    case .noProc: ": /proc shows no processes: it is not mounted, or may not be read"
    case .hidden(let number):
      ": process \(number) belongs to another user, and this system hides it: run mprof as that user "
        + "or as root"
    case .noMemory(let number):
      ": process \(number) has no memory to sample: it is the kernel's own, or has ended"
    case .otherUsers(let number, let measure):
      ": process \(number) belongs to another user, and only they and root may read its \(measure): "
        + "choose --backend rss, which everybody may"
    case .noSuchFile(let name): ": there is no file '\(name)'"
    case .noSuchIndex(let index, let count):
      ": there is no recording \(index): 'mprof list' shows \(count)"
    case .noProfiles:
      ": there is no recording (mprofile_*.dat) in this folder: name a file, or make one with "
        + "'mprof run'"
    case .cannotRead(let path, let reason): ": \(path) cannot be read (\(reason))"
    case .cannotWrite(let path, let reason): ": \(path) cannot be written (\(reason))"
    case .cannotRemove(let path, let reason): ": \(path) cannot be removed (\(reason))"
    case .notRecorded(let path): ": \(path) is no file of mprof's: nothing in it is a record"
    case .noSamples(let path): ": \(path) has no samples: the program may have ended too soon"
    case .noProgram(let name): ": there is no program '\(name)'"
    case .cannotStart(let program, let reason): ": '\(program)' could not be run (\(reason))"
    }
  }
}
