// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file that a process shares memory with, as a row of its `maps` says.
struct MappedFile: Equatable {
  var path: String
  var inode: UInt
  /// Whether no name leads to it any more.
  var isDeleted: Bool

  private static let deleted = " (deleted)"

  /// The files of a `maps`, each once.
  ///
  /// A row is "address permissions offset device inode path".
  static func all(_ maps: [UInt8]) -> [MappedFile] {
    var inodes: Set<UInt> = []
    return maps.split(separator: UInt8(ascii: "\n")).compactMap { row in
      let words = row.split(separator: UInt8(ascii: " "), maxSplits: 5)
      guard words.count == 6, words[1].last == UInt8(ascii: "s"),
        let inode = UInt(String(decoding: words[4], as: UTF8.self))
      else { return nil }
      let text = Array(words[5].drop { $0 == UInt8(ascii: " ") })
      guard text.first == UInt8(ascii: "/"), inodes.insert(inode).inserted else { return nil }
      // The kernel writes only a newline otherwise than it is.
      let name = String(decoding: text, as: UTF8.self).replacing("\\012", with: "\n")
      let isDeleted = name.hasSuffix(deleted)
      return MappedFile(
        path: isDeleted ? String(name.dropLast(deleted.count)) : name, inode: inode,
        isDeleted: isDeleted)
    }
  }

  /// Whether a path leads to this file.
  func isAt(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && UInt(status.st_ino) == inode
  }
}
