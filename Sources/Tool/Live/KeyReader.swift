// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Waits for keys on a thread of its own.
enum KeyReader {
  /// Hands on the bytes of a descriptor as they come; an empty array when no more can.
  static func start(_ descriptor: Int32, _ take: @escaping @Sendable ([UInt8]) -> Void) {
    let isReading = Background.run {
      var bytes = [UInt8](repeating: 0, count: 256)
      while true {
        // A terminal that others have set not to wait is waited for all the same.
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&wanted, 1, -1)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        if count > 0 {
          take(Array(bytes[..<count]))
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
          return take([])
        }
      }
    }
    if !isReading { take([]) }
  }
}
