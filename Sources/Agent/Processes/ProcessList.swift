// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// A growing list of process numbers in memory of its own: the program's allocator is not ours to
// use.

/// Process numbers, each at most once.
@safe
struct ProcessList: ~Copyable {
  private var base: UnsafeMutablePointer<Int32>?
  private var capacity = 0
  private(set) var count = 0

  init(_ first: Int) {
    unsafe base = nil
    append(first)
  }

  deinit {
    if let base = unsafe base { unsafe unmapMemory(UnsafeMutableRawPointer(base), capacity &* 4) }
  }

  /// The process at a position below `count`.
  subscript(position: Int) -> Int {
    if let base = unsafe base { return unsafe Int(base[position]) }
    return 0
  }

  /// Adds a process unless it is there already: a number that the kernel reuses meanwhile must not
  /// make a circle.
  mutating func append(_ process: Int) {
    if count == capacity, !grow() { return }
    guard let base = unsafe base else { return }
    let new = Int32(truncatingIfNeeded: process)
    var position = 0
    while position < count {
      if unsafe base[position] == new { return }
      position = position &+ 1
    }
    unsafe base[count] = new
    count = count &+ 1
  }

  private mutating func grow() -> Bool {
    let larger = max(capacity &* 4, 1024)
    guard let fresh = unsafe mapMemory(larger &* 4) else { return false }
    let numbers = unsafe fresh.assumingMemoryBound(to: Int32.self)
    if let old = unsafe base {
      var position = 0
      while position < count {
        unsafe numbers[position] = old[position]
        position = position &+ 1
      }
      unsafe unmapMemory(UnsafeMutableRawPointer(old), capacity &* 4)
    }
    unsafe base = numbers
    capacity = larger
    return true
  }
}
