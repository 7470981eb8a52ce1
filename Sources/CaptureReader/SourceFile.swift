// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The text of a source file as it is on the disk now.
package struct SourceFile: Sendable {
  package var lines: [String]
  /// When it was last changed, in nanoseconds since 1970.
  package var modified: Int

  /// The most that is read of a file: no source is larger.
  static let mostBytes = 16 << 20

  package init(text: some Sequence<UInt8>, modified: Int) {
    var lines: [String] = []
    var line: [UInt8] = []
    var isAfterReturn = false
    for byte in text {
      if byte == UInt8(ascii: "\n"), isAfterReturn {
        isAfterReturn = false
        continue
      }
      isAfterReturn = byte == UInt8(ascii: "\r")
      if isAfterReturn || byte == UInt8(ascii: "\n") {
        lines.append(String(decoding: line, as: UTF8.self))
        line = []
      } else {
        line.append(byte)
      }
    }
    if !line.isEmpty { lines.append(String(decoding: line, as: UTF8.self)) }
    self.lines = lines
    self.modified = modified
  }

  /// Reads a file; nil for what is none, cannot be read, or is too large for a source.
  ///
  /// A name in angle brackets, such as `<string>`, is no file's.
  package init?(path: String) {
    guard !path.isEmpty, !path.hasPrefix("<"), !path.utf8.contains(0) else { return nil }
    // Without waiting: a pipe that nobody writes to must not hang.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= Self.mostBytes
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: max(0, Int(status.st_size)))
    unsafe bytes.withUnsafeMutableBytes {
      unsafe ByteSource.file(descriptor: descriptor).read(at: 0, into: $0)
    }
    self.init(
      text: bytes,
      modified: Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec))
  }
}
