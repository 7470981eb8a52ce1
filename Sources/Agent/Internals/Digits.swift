// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Numbers in the text of /proc, read and written byte by byte: no strings, no allocation, no trap.

/// Whether a byte is one of `0` to `9`.
@inline(__always)
func isDigit(_ byte: UInt8) -> Bool {
  byte &- 48 < 10
}

/// The number that begins at `position`, which moves behind it; -1 where there is no digit.
@inline(__always)
func number(in bytes: UnsafePointer<UInt8>, count: Int, at position: inout Int) -> Int {
  var value = 0
  let start = position
  while position < count, unsafe isDigit(bytes[position]) {
    value = unsafe value &* 10 &+ Int(truncatingIfNeeded: bytes[position] &- 48)
    position = position &+ 1
  }
  return position == start ? -1 : value
}

/// The number behind `name` at the start of a line such as `VmHWM:  2144 kB`; -1 where the line is
/// another one.
@inline(__always)
func number(
  inLine line: UnsafePointer<UInt8>, count: Int, named name: StaticString
) -> Int {
  var position = 0
  let length = name.utf8CodeUnitCount
  if count <= length { return -1 }
  while position < length {
    if unsafe line[position] != name.utf8Start[position] { return -1 }
    position = position &+ 1
  }
  while position < count, unsafe line[position] == 32 || line[position] == 9 {
    position = position &+ 1
  }
  return unsafe number(in: line, count: count, at: &position)
}

/// Writes a number's decimal digits at `position`, which moves behind them.
@inline(__always)
func write(_ value: Int, to bytes: UnsafeMutablePointer<UInt8>, at position: inout Int) {
  var end = position &+ 1
  var rest = value / 10
  while rest > 0 {
    end = end &+ 1
    rest = rest / 10
  }
  rest = value
  var place = end
  while place > position {
    place = place &- 1
    unsafe bytes[place] = 48 &+ UInt8(truncatingIfNeeded: rest % 10)
    rest = rest / 10
  }
  position = end
}

/// Writes fixed text at `position`, which moves behind it.
@inline(__always)
func write(_ text: StaticString, to bytes: UnsafeMutablePointer<UInt8>, at position: inout Int) {
  var index = 0
  while index < text.utf8CodeUnitCount {
    unsafe bytes[position] = text.utf8Start[index]
    position = position &+ 1
    index = index &+ 1
  }
}
