// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the system allows this process.
enum Limits {
  /// Descriptors that stay free, for files that are opened and closed again.
  private static let reserve: Int32 = 8

  /// How many files may be open.
  static var files: Int {
    var limit = rlimit()
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard unsafe getrlimit(files, &limit) == 0 else { return Int.max }
    return Int(clamping: limit.rlim_cur)
  }

  /// Whether an error says that no more files can be opened, by this process or by anybody.
  static func areReached(_ error: Int32) -> Bool { error == EMFILE || error == ENFILE }

  /// Whether there is room for a few files more: the lowest free number is always taken.
  static func leaveRoom(above descriptor: Int32) -> Bool {
    Int(descriptor) < files - Int(reserve)
  }

  /// As many open files as the hard limit has: each process that is watched needs two.
  ///
  /// After a program was started, which is to have the limit that we were given.
  static func allowManyFiles() {
    var limit = rlimit()
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard unsafe getrlimit(files, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    unsafe setrlimit(files, &limit)
  }
}
