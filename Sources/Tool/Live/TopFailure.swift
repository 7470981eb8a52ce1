// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Why there is no recording to look at: each case is one sentence that says what to do.
enum TopFailure: Error, Equatable, CustomStringConvertible {
  case noProcess(pid_t)
  /// The kernel's files about processes cannot be seen.
  case noProc
  /// It is there, and may not be looked into.
  case otherUsers(pid_t)
  /// It has ended, and only waits to be asked how.
  case hasEnded(pid_t)
  case notRecorded(pid_t)
  /// It was forked by a process that is recorded.
  case isChild(pid_t, of: pid_t)
  /// It is recorded into a file that has no name any more.
  case captureDeleted(pid_t, path: String)
  /// Nothing is being recorded into a file of this folder.
  case noneHere

  var description: String {
    switch self {
    case .noProcess(let number):
      "there is no process \(number): name one that is recorded, or a capture"
    case .noProc:
      "/proc shows no processes, so that none can be found by its number: name the capture"
    case .otherUsers(let number):
      "process \(number) may not be looked into, it belongs to another user: name its capture, or "
        + "do this as that user or as root"
    case .hasEnded(let number):
      "process \(number) has ended: see its capture with 'peakline report'"
    case .notRecorded(let number):
      "process \(number) is not recorded: record it with 'peakline attach \(number)', or start it with "
        + "'peakline record'"
    case .isChild(let number, let parent):
      "process \(number) is not recorded, but process \(parent), which started it, is: "
        + "name that one"
    case .captureDeleted(let number, let path):
      "process \(number) is recorded into \(path), which has been deleted: record it again"
    case .noneHere:
      "nothing is being recorded into this folder: name a process or a capture, or see the newest "
        + "one with 'peakline report'"
    }
  }
}
