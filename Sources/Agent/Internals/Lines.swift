// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Reading a text file of /proc line by line through 1 KiB of the caller's stack, however long the
// file is.

/// Hands each line, without its end, to `body` until that answers false; a line longer than the
/// buffer is skipped.
///
/// Answers the number of lines handed over, or minus the error number.
@inline(__always)
func forEachLine(
  of descriptor: Int, _ body: (_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool
) -> Int {
  let room = 1024
  return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { buffer in
    guard let bytes = buffer.baseAddress else { return -1 }
    var lines = 0
    var held = 0
    var offset = 0
    var skipping = false
    while true {
      let got = unsafe readFile(
        descriptor, into: bytes + held, count: room &- held, at: offset)
      if got <= 0 { return got < 0 ? got : lines }
      offset = offset &+ got
      let end = held &+ got
      var start = 0
      var position = held
      while position < end {
        if unsafe bytes[position] == 10 {
          if !skipping {
            lines = lines &+ 1
            if unsafe !body(UnsafePointer(bytes + start), position &- start) { return lines }
          }
          skipping = false
          start = position &+ 1
        }
        position = position &+ 1
      }
      held = end &- start
      if held == room {
        skipping = true
        held = 0
      } else if start > 0 {
        var index = 0
        while index < held {
          unsafe bytes[index] = bytes[start &+ index]
          index = index &+ 1
        }
      }
    }
  }
}
