// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// The lowest and highest address that the running thread's C stack may use, from /proc/self/maps
/// (pthread_getattr_np would allocate).
///
/// Nil when the map cannot be read.
func stackBounds() -> (low: UInt, high: UInt)? {
  let file = peakline_open_maps()
  guard file >= 0 else { return nil }
  defer { close(file) }
  guard let mapping = mapping(around: peakline_stack_position(), in: file) else { return nil }
  var low = mapping.low
  // The main thread's stack grows down to the limit; another thread's is mapped whole.
  if getpid() == Int32(truncatingIfNeeded: peakline_thread_id()) {
    var limit = rlimit()
    if unsafe getrlimit(Int32(bitPattern: RLIMIT_STACK.rawValue), &limit) == 0,
      limit.rlim_cur != UInt.max,
      mapping.high > limit.rlim_cur
    {
      low = mapping.high &- limit.rlim_cur
    }
  }
  return (low, mapping.high)
}

/// The mapping that contains an address: each line of the file begins with `low-high `, in
/// hexadecimal.
private func mapping(around address: UInt, in file: Int32) -> (low: UInt, high: UInt)? {
  var buffer: InlineArray<1024, UInt8> = InlineArray(repeating: 0)
  var low: UInt = 0
  var number: UInt = 0
  var inNumbers = true
  while true {
    let got = unsafe withUnsafeMutableBytes(of: &buffer) { bytes in
      unsafe read(file, bytes.baseAddress, 1024)
    }
    guard got > 0 else { return nil }
    var index = 0
    while index < got {
      let byte = unsafe buffer[unchecked: index]
      index = index &+ 1
      if byte == UInt8(ascii: "\n") {
        inNumbers = true
        number = 0
      } else if !inNumbers {
        continue
      } else if byte == UInt8(ascii: "-") {
        low = number
        number = 0
      } else if byte == UInt8(ascii: " ") {
        if low <= address && address < number { return (low, number) }
        inNumbers = false
      } else {
        let digit = byte <= UInt8(ascii: "9") ? byte &- UInt8(ascii: "0") : byte &- 87
        number = number &<< 4 | UInt(digit)
      }
    }
  }
}
