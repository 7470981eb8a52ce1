// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A row of `/proc/PID/maps`.
struct Mapping: Equatable {
  var addresses: Range<UInt64>
  var isExecutable: Bool
  /// Where in the file it begins.
  var offset: UInt64
  var inode: UInt64
  /// The file, with " (deleted)" behind it if it is not there any more; empty for memory alone.
  var path: String

  /// Nil for what is no such row.
  init?(_ row: Substring) {
    let words = row.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
    guard words.count >= 5 else { return nil }
    let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
    guard ends.count == 2, ends[0] <= ends[1], let offset = UInt64(words[2], radix: 16),
      let inode = UInt64(words[4])
    else { return nil }
    addresses = ends[0]..<ends[1]
    isExecutable = words[1].contains("x")
    self.offset = offset
    self.inode = inode
    path = words.count > 5 ? String(words[5].drop { $0 == " " }) : ""
  }

  /// The mappings of a process; nil if they may not be looked at.
  static func all(of process: pid_t) -> [Mapping]? {
    guard let bytes = try? Files.contents(of: "/proc/\(process)/maps") else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap(Mapping.init)
  }
}
