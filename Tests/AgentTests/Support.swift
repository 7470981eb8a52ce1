// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

@testable import Agent

/// A test could not be set up: the system has no memory.
struct NoMemory: Error {}

extension Pool {
  /// `take`, for tests that cannot go on without.
  mutating func taken<Target: BitwiseCopyable>(_ type: Target.Type, count: Int = 1) throws
    -> Ref<Target>
  {
    guard let run = take(type, count: count) else { throw NoMemory() }
    return run
  }
}

/// A generator whose sequence its seed fixes.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed &>> 31)
  }
}
