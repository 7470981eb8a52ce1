// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader
import Glibc

/// The process that writes to a capture, looked at from outside.
///
/// Its list of mappings, which proves that it does, is asked for once: the kernel holds the lock of
/// the process's address space meanwhile. From then on a kept file says whether it lives, which
/// never means another process of the same number.
final class CaptureWriter: Sendable {
  private let processID: pid_t
  private let startTime: Int
  private let state: KernelFile?

  /// The writer of a capture of that header; `processID` where it is known to have another number.
  init(_ header: CaptureHeader, of path: String, processID: pid_t?) {
    self.processID = processID ?? pid_t(truncatingIfNeeded: header.processID)
    startTime = header.startTime
    let isIt = Ending.isMapped(path, by: Int(self.processID))
    state = isIt ? KernelFile("/proc/\(self.processID)/stat") : nil
  }

  /// Whether this is still the recording.
  func writes(_ header: CaptureHeader) -> Bool { header.startTime == startTime }

  /// Whether it has the file mapped at this moment.
  func hasMapped(_ path: String) -> Bool { Ending.isMapped(path, by: Int(processID)) }

  /// Whether it is there, and has not ended.
  var isAlive: Bool {
    var text = KernelText()
    switch state {
    case .none: return false
    case .some(let file):
      guard file.read(into: &text) else { return false }
    }
    guard text.state == UInt8(ascii: "Z") else { return true }
    // Its first thread has ended; others may go on.
    let letter = text.readState(of: processID)
    return letter != nil && letter != UInt8(ascii: "Z")
  }
}
