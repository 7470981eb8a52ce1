// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// The lowest and about the highest address that the running thread's C stack may use.
///
/// From /proc/self/maps (pthread_getattr_np would allocate). Nil when the map cannot be read.
func stackBounds() -> (low: UInt, high: UInt)? {
  let file = peakline_open_maps()
  guard file >= 0 else { return nil }
  defer { closeFile(Int(file)) }
  let position = peakline_stack_position()
  guard let mapping = mapping(around: position, in: Int(file)) else { return nil }
  // Another thread's stack is mapped whole. The kernel may have joined it with a mapping above it,
  // so that its end does not show: it is near where the thread stands when it is first asked for.
  guard processNumber() == Int(peakline_thread_id()) else {
    return (mapping.low, min(mapping.high, position &+ 262_144))
  }
  // The main thread's grows down to the limit. Without one it has all the room there is: far more
  // than this.
  let limit = softLimit(of: stackLimit) ?? 8_388_608
  let size = UInt(min(limit, 67_108_864))
  return (mapping.high > size ? mapping.high &- size : mapping.low, mapping.high)
}

/// `RLIMIT_STACK`, whose header Swift's own libc module would contradict.
private let stackLimit = 3

/// The mapping that contains an address: each line of the file begins with `low-high `, in
/// hexadecimal.
private func mapping(around address: UInt, in file: Int) -> (low: UInt, high: UInt)? {
  var buffer: InlineArray<1024, UInt8> = InlineArray(repeating: 0)
  var low: UInt = 0
  var number: UInt = 0
  var offset = 0
  var inNumbers = true
  while true {
    let got = unsafe withUnsafeMutableBytes(of: &buffer) { bytes in
      guard let start = bytes.baseAddress else { return 0 }
      return unsafe readFile(
        file, into: start.assumingMemoryBound(to: UInt8.self), count: 1024, at: offset)
    }
    guard got > 0 else { return nil }
    offset = offset &+ got
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
