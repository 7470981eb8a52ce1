// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// How far the kernel's quick count of resident pages is behind the truth. Since Linux 6.2 each
// processor keeps up to 32 pages to itself before it reports them. statm (since 6.16) adds these
// up; /proc/self/stat and the high-water mark do not, so the difference of the two files is what a
// mark lacks. Where statm lags as well, the difference is 0 and nothing is corrected.

import CAgent

/// The bytes that the quick count lacks now; 0 when unknown, or when memory changes while we look.
func counterLag(through files: borrowing SelfFiles) -> Int {
  let before = files.statm.reading("/proc/self/statm") { statmPages($0) }
  let quick = files.stat.reading("/proc/self/stat") { quickPages($0) }
  let after = files.statm.reading("/proc/self/statm") { statmPages($0) }
  return before == after && quick >= 0 && before > quick ? (before &- quick) &* pageSize() : 0
}

/// The 24th field of an open stat file, or a negative number when it is not one.
private func quickPages(_ descriptor: Int) -> Int {
  let room = 512
  return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { buffer in
    guard let bytes = buffer.baseAddress else { return -1 }
    let got = unsafe readFile(descriptor, into: bytes, count: room, at: 0)
    if got < 0 { return got }
    // "12 (a name) S 11 …": the name may hold anything, so the count begins at the last
    // parenthesis.
    var position = got &- 1
    while position > 0, unsafe bytes[position] != 41 { position = position &- 1 }
    if position <= 0 { return -1 }
    var spaces = 0
    while position < got, spaces < 22 {
      if unsafe bytes[position] == 32 { spaces = spaces &+ 1 }
      position = position &+ 1
    }
    return unsafe number(in: bytes, count: got, at: &position)
  }
}
