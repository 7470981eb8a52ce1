// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Two files, or folders, that are given each other's name at once.
enum Exchange {
  private typealias Function =
    @convention(c) (
      Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
    ) -> Int32

  /// RENAME_EXCHANGE, which is declared for C with extensions only.
  private static let flag: UInt32 = 2

  /// Whether it was done: not every file system can, nor every C library.
  static func names(_ one: String, _ other: String) -> Bool {
    guard let symbol = unsafe dlsym(nil, "renameat2") else { return false }
    // Safe: so it is declared since glibc 2.28, and the name has no other meaning.
    let function = unsafe unsafeBitCast(symbol, to: Function.self)
    return unsafe function(AT_FDCWD, one, AT_FDCWD, other, flag) == 0
  }
}
