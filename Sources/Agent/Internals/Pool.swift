// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// The agent's own memory: blocks in sizes of powers of two, cut from mapped chunks and recycled by
/// size.
///
/// Nothing here goes through malloc, so the heap that is measured never holds a byte of ours. Every
/// chunk is touched when it is mapped; the resident set then contains exactly `mappedBytes` of
/// ours, which every reading subtracts, and no line of the program is charged for a page of the
/// agent's. Used with the GIL held. When the system has no memory left, `take` says nil and the
/// engine drops what it was about to record.
struct Pool {
  private static let smallest = 6  // 64 bytes: the least block, one cache line
  private static let chunk = 18  // 256 KiB: the least mapping
  private static let classes = 32

  private var free: FreeLists = FreeLists()
  private var next = 0
  private var end = 0

  /// What has been mapped, all of it resident, in bytes.
  private(set) var mappedBytes = 0

  /// A zeroed run of `count` targets, or nil when there is no memory.
  @inline(__always)
  mutating func take<Target: BitwiseCopyable>(_: Target.Type, count: Int = 1) -> Ref<Target>? {
    let size = MemoryLayout<Target>.stride &* count
    guard let block = unsafe take(sizeClass: Pool.sizeClass(size)) else { return nil }
    unsafe memset(block, 0, size)
    return unsafe Ref(block.assumingMemoryBound(to: Target.self))
  }

  /// Takes back what `take` gave for the same `count`.
  @inline(__always)
  mutating func give<Target: BitwiseCopyable>(_ run: Ref<Target>, count: Int = 1) {
    let sizeClass = Pool.sizeClass(MemoryLayout<Target>.stride &* count)
    guard let link = Ref<Int>(address: run.address) else { return }
    link[] = free[sizeClass]
    free[sizeClass] = run.address
  }

  private static func sizeClass(_ size: Int) -> Int {
    max(smallest, Int.bitWidth &- (size &- 1).leadingZeroBitCount)
  }

  private mutating func take(sizeClass: Int) -> UnsafeMutableRawPointer? {
    guard sizeClass < Pool.classes else { return nil }
    let recycled = free[sizeClass]
    if let link = Ref<Int>(address: recycled) {
      free[sizeClass] = link[]
      return unsafe UnsafeMutableRawPointer(bitPattern: recycled)
    }
    let size = 1 &<< sizeClass
    if end &- next < size {
      // What is left of the old chunk is lost: at most one block of the size asked for, in a chunk
      // of many.
      let mapped = max(size, 1 &<< Pool.chunk)
      guard let start = mapTouched(mapped) else { return nil }
      mappedBytes = mappedBytes &+ mapped
      next = start
      end = start &+ mapped
    }
    let block = next
    next = next &+ size
    return unsafe UnsafeMutableRawPointer(bitPattern: block)
  }
}

/// The head of each size class's list of free blocks.
private struct FreeLists {
  private var heads: InlineArray<32, Int> = InlineArray(repeating: 0)

  subscript(sizeClass: Int) -> Int {
    @inline(__always) get { unsafe heads[unchecked: sizeClass] }
    @inline(__always) set { unsafe heads[unchecked: sizeClass] = newValue }
  }
}

/// Maps `size` bytes and touches each page, with huge pages off: what is resident is then exactly
/// what was mapped.
func mapTouched(_ size: Int) -> Int? {
  guard let start = unsafe mapMemory(size) else { return nil }
  unsafe refuseHugePages(start, size)
  let page = pageSize()
  var offset = 0
  while offset < size {
    unsafe start.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
    offset = offset &+ page
  }
  return Int(bitPattern: start)
}
