// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Numbers that follow from a seed: xorshift.
package struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  /// The seed must not be 0, of which nothing follows.
  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
