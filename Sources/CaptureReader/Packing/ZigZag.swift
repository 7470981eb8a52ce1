// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Differences as numbers without a sign.
///
/// Those near 0 are small: 0, -1, 1, -2, 2 … are 0, 1, 2, 3, 4 ….
enum ZigZag {
  @inline(__always)
  static func folded(_ difference: Int) -> UInt64 {
    UInt64(bitPattern: Int64(difference << 1 ^ difference >> 63))
  }

  @inline(__always)
  static func unfolded(_ number: UInt64) -> Int {
    Int(number >> 1) ^ (0 &- Int(number & 1))
  }
}
