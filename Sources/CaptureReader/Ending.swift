// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureFormat
import Glibc

/// How the recorded process ended, as far as that is known.
package enum Ending: Equatable, Sendable {
  case exited(Int)
  case killed(signal: Int)
  /// It ended by itself; nobody has noted with what.
  case ended
  /// The recording was stopped while the process went on.
  case stopped
  /// It still records.
  case running
  /// It was killed, or it runs where it cannot be seen from here.
  case withoutEnd

  /// `isRunning`: whether the process is known to write to the file.
  package init(_ header: CaptureHeader, isRunning: Bool) {
    switch (header.exitKind, header.state) {
    case (CaptureExit.exited, _): self = .exited(Int(header.exitStatus))
    case (CaptureExit.killed, _): self = .killed(signal: Int(header.exitStatus))
    case (_, CaptureState.ended): self = .ended
    case (_, CaptureState.stopped): self = .stopped
    default: self = isRunning ? .running : .withoutEnd
    }
  }

  /// Whether the process of that number has the file mapped: then it writes to it.
  ///
  /// Of a tree's folder it is the file that its processes share.
  ///
  /// A number is used again, on other machines and in other containers too, so that it says nothing
  /// by itself.
  package static func isMapped(_ path: String, by processID: Int) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    if status.st_mode & S_IFMT == S_IFDIR,
      unsafe stat("\(path)/\(JointPage.name)", &status) != 0
    {
      return false
    }
    guard
      let maps = try? SystemFile.contents("/proc/\(processID)/maps", most: 16 << 20)
    else { return false }
    // "address permissions offset device inode path"
    let inode = "\(status.st_ino)"
    return maps.split(separator: UInt8(ascii: "\n")).contains { row in
      let words = row.split(separator: UInt8(ascii: " "), maxSplits: 5)
      return words.count == 6 && words[4].elementsEqual(inode.utf8)
        && Array(words[5]).drop { $0 == UInt8(ascii: " ") }.starts(with: "/".utf8)
    }
  }
}
