// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Writes `text` and a newline to a file descriptor; an empty text writes nothing.
func write(_ text: String, to descriptor: Int32) {
  guard !text.isEmpty else { return }
  write(Array((text + "\n").utf8), to: descriptor)
}

/// Writes bytes as they are; what cannot be written is nobody's to hear of.
@discardableResult
func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  unsafe bytes.withUnsafeBytes { bytes in
    var sent = 0
    while sent < bytes.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
      let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 { sent += count } else if errno != EINTR { return false }
    }
    return true
  }
}

/// Ends the process with a sentence on stderr.
func leave(with status: Int32, saying sentence: String) -> Never {
  write(sentence, to: STDERR_FILENO)
  exit(status)
}

/// Ends the process with a text on stdout.
func leave(with status: Int32, printing text: String) -> Never {
  write(text, to: STDOUT_FILENO)
  exit(status)
}

/// Ends the process with a text on stdout that brings its own newlines.
func leave(with status: Int32, writing text: String) -> Never {
  write(Array(text.utf8), to: STDOUT_FILENO)
  exit(status)
}
