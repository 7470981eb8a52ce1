// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Listing the numbered entries of a directory of /proc by getdents64, because opendir allocates.

import CAgent

/// Hands each entry of a directory whose name is a number to `body`.
@inline(__always)
func forEachNumber(in directory: Int, _ body: (_ number: Int) -> Void) {
  let room = 1024
  unsafe withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { buffer in
    guard let base = buffer.baseAddress else { return }
    while true {
      let got = kernel(Int32(SYS_getdents64), directory, Int(bitPattern: base), room)
      if got <= 0 { return }
      var entry = 0
      while entry < got {
        // struct linux_dirent64: inode 8, offset 8, length 2, type 1, name.
        let length = unsafe Int(base.load(fromByteOffset: entry &+ 16, as: UInt16.self))
        let name = unsafe (base + entry + 19).assumingMemoryBound(to: UInt8.self)
        var position = 0
        let value = unsafe number(in: name, count: length &- 19, at: &position)
        if value > 0, unsafe name[position] == 0 { body(value) }
        if length <= 0 { return }
        entry = entry &+ length
      }
    }
  }
}
