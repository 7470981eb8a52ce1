// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// A Poisson process over bytes: the gaps between samples are exponential, so that every byte is as likely
// as any other to be one, and a block of `n` bytes has one in it with the probability 1 - exp(-n / mean).
// The arithmetic is our own, since the agent needs libc alone.

/// What one block stands for in the totals.
struct Weight: BitwiseCopyable {
  var bytes = 0
  var blocks = 0.0
  var variance = 0.0

  init() {}

  /// A block that counts for itself.
  init(of bytes: Int) {
    self.bytes = bytes
    blocks = 1
  }

  /// A block that was sampled: the Horvitz-Thompson estimate of its size, and the estimate of that
  /// estimate's variance, which are unbiased.
  init(of bytes: Int, interval: Int) {
    let size = Double(bytes)
    let missed = exponential(minus: size / Double(interval))
    let probability = 1 - missed
    blocks = 1 / probability
    self.bytes = Int(nearest: size * blocks)
    variance = size * size * missed * blocks * blocks
  }
}

extension Int {
  /// The nearest number to one from 0 to 2^51; the checked conversion would trap beyond.
  @inline(__always)
  init(nearest number: Double) {
    self = Int((number + 0x1p52).bitPattern & 0x000F_FFFF_FFFF_FFFF)
  }
}

/// exp(-x) for x >= 0, to within 1e-15 of itself.
func exponential(minus x: Double) -> Double {
  if x > 700 { return 0 }
  // exp(-x) = 2^-k * exp(-r), with r below ln 2 / 2 in size; the series of exp(r) is alternating.
  let steps = Int(nearest: x * 1.4426950408889634)
  let rest = x - Double(steps) * 0.6931471805599453
  var term = 1.0
  var sum = 1.0
  var index = 1
  while index < 18 {
    term = term * (0 - rest) / Double(index)
    sum += term
    index = index &+ 1
  }
  return sum * Double(bitPattern: UInt64(truncatingIfNeeded: 1023 &- steps) &<< 52)
}

/// -ln(u) for 0 < u <= 1, to within 1e-15.
func negativeLogarithm(_ u: Double) -> Double {
  let exponent = Int(truncatingIfNeeded: u.bitPattern &>> 52) &- 1023
  let mantissa = Double(bitPattern: (u.bitPattern & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000)
  // ln(m) = 2 artanh((m - 1) / (m + 1)), for m from 1 to 2.
  let ratio = (mantissa - 1) / (mantissa + 1)
  let square = ratio * ratio
  var power = ratio
  var sum = 0.0
  var index = 1
  while index < 34 {
    sum += power / Double(index)
    power *= square
    index = index &+ 2
  }
  return 0 - (2 * sum + Double(exponent) * 0.6931471805599453)
}

/// Random words (xorshift64*), one run of them for each thread.
struct Random: BitwiseCopyable {
  private var state: UInt64

  init(seed: UInt64) { state = mixed(seed) | 1 }

  mutating func next() -> UInt64 {
    state ^= state &>> 12
    state ^= state &<< 25
    state ^= state &>> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }

  /// An exponential gap with this mean, in bytes.
  mutating func gap(mean: Int) -> Int {
    // From 2^-53 to 1, never 0.
    let unit = (Double(next() &>> 11) + 1) * 0x1p-53
    return Int(nearest: negativeLogarithm(unit) * Double(mean))
  }
}
