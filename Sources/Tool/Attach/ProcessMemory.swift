// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The memory that a process had when this was opened: nothing can be read in it any more once the
/// process has ended or runs another program, also where the number is another's then.
final class ProcessMemory: Sendable {
  private let descriptor: Int32

  /// Nil where the kernel does not let us.
  init?(of process: pid_t) {
    descriptor = unsafe open("/proc/\(process)/mem", O_RDWR | O_CLOEXEC)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// Nil if not all of it can be read.
  func bytes(at address: UInt64, count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = unsafe pread(descriptor, &bytes, count, off_t(truncatingIfNeeded: address))
    return got == count ? bytes : nil
  }

  /// Whether all of it has been written.
  func write(_ bytes: [UInt8], at address: UInt64) -> Bool {
    unsafe pwrite(descriptor, bytes, bytes.count, off_t(truncatingIfNeeded: address)) == bytes.count
  }
}
