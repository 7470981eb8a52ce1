// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The numbers that words are.
enum Word {
  /// The number of a word; 0 for a real that is no integer.
  @inline(__always)
  static func number(_ word: UInt64, isReal: Bool) -> Int {
    if isReal { return Int(exactly: Double(bitPattern: word)) ?? 0 }
    return Int(truncatingIfNeeded: word)
  }

  /// `number` backwards.
  @inline(__always)
  static func word(_ number: Int, isReal: Bool) -> UInt64 {
    isReal ? Double(number).bitPattern : UInt64(truncatingIfNeeded: number)
  }
}
