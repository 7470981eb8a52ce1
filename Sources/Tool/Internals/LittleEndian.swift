// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Numbers in a file's bytes; the caller has looked that they are there.
extension [UInt8] {
  func half(at place: Int) -> Int { Int(self[place]) | Int(self[place + 1]) << 8 }

  func single(at place: Int) -> Int { half(at: place) | half(at: place + 2) << 16 }

  func word(at place: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(self[place + $1]) << (8 * UInt64($1)) }
  }

  /// The text up to the next zero.
  func text(at place: Int) -> String {
    String(decoding: self[place...].prefix { $0 != 0 }, as: UTF8.self)
  }
}
