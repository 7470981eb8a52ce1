// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Bytes that are put into an open file.
enum FileBytes {
  /// Writes all of them from `offset` on.
  static func write(
    _ bytes: [UInt8], to descriptor: Int32, at offset: Int
  ) throws(CaptureFailure) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        // Safe: `written` is less than the buffer's count.
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        return unsafe pwrite(descriptor, rest.baseAddress, rest.count, offset + written)
      }
      if count > 0 {
        written += count
      } else if count == 0 || errno != EINTR {
        throw .cannotWrite(SystemError.last())
      }
    }
  }
}
