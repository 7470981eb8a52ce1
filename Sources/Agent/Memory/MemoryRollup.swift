// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What smaps_rollup tells about a process in one reading, about 20 µs: the kernel walks the page
// tables, so the numbers are exact.

import CAgent

/// Resident, proportional and unique set of a process, in bytes; all -1 when unknown.
struct MemoryRollup {
  /// All resident pages.
  var rss = -1
  /// Resident pages, shared ones divided by the number of processes that share them.
  var pss = -1
  /// Pages that no other process has: what would be freed if this one ended.
  var uss = -1
}

/// The rollup of this process.
func memoryRollup() -> MemoryRollup {
  memoryRollup(through: programFiles)
}

/// The same through another table of descriptors.
@inline(__always)
func memoryRollup(through files: borrowing SelfFiles) -> MemoryRollup {
  var result = MemoryRollup()
  let answer = files.rollup.reading("/proc/self/smaps_rollup") {
    readRollup($0, into: &result)
  }
  if answer == 0 &- Int(ENOENT) {
    // Kernels before 4.14 have only the long form; adding up its parts gives the same numbers.
    let descriptor = unsafe openFile(StaticString("/proc/self/smaps").utf8Start)
    if descriptor >= 0 {
      _ = readRollup(descriptor, into: &result)
      closeFile(descriptor)
    }
  }
  return result
}

/// Adds up the lines of an open smaps or smaps_rollup file.
///
/// Answers a negative number, and an unknown result, when it is neither.
func readRollup(_ descriptor: Int, into result: inout MemoryRollup) -> Int {
  var resident = -1
  var proportional = -1
  var unique = 0
  let lines = unsafe forEachLine(of: descriptor) { line, count in
    // Only the lines that begin with R or P can matter.
    let first = unsafe line[0]
    if count > 0, first == 82 || first == 80 {
      let rss = unsafe number(inLine: line, count: count, named: "Rss:")
      if rss >= 0 { resident = max(resident, 0) &+ rss }
      let pss = unsafe number(inLine: line, count: count, named: "Pss:")
      if pss >= 0 { proportional = max(proportional, 0) &+ pss }
      var own = unsafe number(inLine: line, count: count, named: "Private_Clean:")
      if own < 0 { own = unsafe number(inLine: line, count: count, named: "Private_Dirty:") }
      if own < 0 { own = unsafe number(inLine: line, count: count, named: "Private_Hugetlb:") }
      if own > 0 { unique = unique &+ own }
    }
    return true
  }
  if lines < 0 || resident < 0 || proportional < 0 {
    result = MemoryRollup()
    return lines < 0 ? lines : -1
  }
  result.rss = resident &* 1024
  result.pss = proportional &* 1024
  result.uss = unique &* 1024
  return 0
}
