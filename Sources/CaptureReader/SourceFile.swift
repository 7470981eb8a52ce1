// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The text of a source file as it is on the disk now, or as the program had it.
///
/// A line is made into a string when it is asked for: of most files a few are.
package struct SourceFile: Sendable {
  private var text: [UInt8]
  /// Where each line begins and, without what ends it, stops.
  private var places: [Range<Int>]
  /// When it was last changed, in nanoseconds since 1970.
  package var modified: Int
  /// Whether it can be read again: what is on no disk is kept whole.
  private(set) var isOnDisk = true

  /// The most that is read of a file: no source is larger.
  static let mostBytes = 16 << 20

  /// The number of lines; what is behind the last line's end is one if there is anything.
  package var count: Int { places.count }

  /// A line by its number, which begins at 1.
  package subscript(line: Int) -> String {
    String(decoding: text[places[line - 1]], as: UTF8.self)
  }

  package init(text: some Sequence<UInt8>, modified: Int) {
    let bytes = Array(text)
    self.text = bytes
    self.modified = modified
    places = Self.places(in: bytes.span)
  }

  /// A text that is on no disk.
  init(given text: some Sequence<UInt8>) {
    self.init(text: text, modified: 0)
    isOnDisk = false
  }

  private static func places(in bytes: Span<UInt8>) -> [Range<Int>] {
    var places: [Range<Int>] = []
    var start = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        places.append(start..<index)
        let isPair =
          byte == UInt8(ascii: "\r") && index + 1 < bytes.count
          && bytes[index + 1] == UInt8(ascii: "\n")
        if isPair { index += 1 }
        start = index + 1
      }
      index += 1
    }
    if start < bytes.count { places.append(start..<bytes.count) }
    return places
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
