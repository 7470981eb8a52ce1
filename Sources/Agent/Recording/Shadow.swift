// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Exact mode: which counters each live block belongs to. Four bytes stand for each 16 bytes of the
// address space at which a block can begin, in one table for each GiB, mapped when a block is first seen
// there. Only what is written takes memory: a quarter of what small blocks take, next to nothing for
// large ones. What belongs together lies together, as the blocks themselves do, and no lock is needed to
// look.

import CAgent

private let tableShift = 30
private let tableBytes = 1 << 28
/// Behind each table a bit for each of its pages that was written.
private let bitsBytes = 1 << 13
private let pageShift = 12

/// The table of each GiB.
struct Shadow {
  private var directory = 0

  /// Pages that were written, which stay resident: each is about 16 KiB of the program's memory.
  private var pages = 0

  var bytes: Int { pages &<< pageShift }

  mutating func start() -> Bool {
    if directory != 0 { return true }
    let size = Int(PEAKLINE_POOL_TABLES) &* 8
    let mapped = kernel(
      Int32(SYS_mmap), 0, size, Int(PROT_READ | PROT_WRITE),
      Int(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE), -1, 0)
    if mapped < 0 { return false }
    directory = mapped
    return true
  }

  /// Where the number for a block stands; 0 without a table.
  @inline(__always)
  private func place(of block: Int) -> Int {
    let table = Ref<Int>(known: directory &+ (block &>> tableShift) &* 8)[]
    return table == 0 ? 0 : table &+ (block & ((1 &<< tableShift) &- 1)) &>> 4 &* 4
  }

  /// The number for a block, which is 0 from now on.
  @inline(__always)
  mutating func take(_ block: Int) -> UInt32 {
    let place = place(of: block)
    if place == 0 { return 0 }
    let number = Ref<UInt32>(known: place)[]
    if number != 0 { Ref<UInt32>(known: place)[] = 0 }
    return number
  }

  /// The number for a block; 0 if there is none.
  @inline(__always)
  func look(_ block: Int) -> UInt32 {
    let place = place(of: block)
    return place == 0 ? 0 : Ref<UInt32>(known: place)[]
  }

  /// Notes a number for a block, if it has none and there is a table for it.
  @inline(__always)
  func putIfFree(_ block: Int, _ number: UInt32) -> Bool {
    let place = place(of: block)
    if place == 0 || Ref<UInt32>(known: place)[] != 0 { return false }
    Ref<UInt32>(known: place)[] = number
    return true
  }

  /// Notes a number for a block; false where there is no memory.
  @inline(__always)
  mutating func put(_ block: Int, _ number: UInt32) -> Bool {
    var place = place(of: block)
    if place == 0 {
      guard makeTable(for: block) else { return false }
      place = self.place(of: block)
    }
    Ref<UInt32>(known: place)[] = number
    if region(of: block) < Region.manyBlocks {
      markAllBlocks(at: block)
      notePage(of: block)
    }
    return true
  }

  /// Counts the page in which a block's number stands, unless it has been: the program's memory may have
  /// been given back meanwhile, and be there again.
  private mutating func notePage(of block: Int) {
    let table = Ref<Int>(known: directory &+ (block &>> tableShift) &* 8)[]
    let page = (place(of: block) &- table) &>> pageShift
    let bits = Ref<UInt8>(known: table &+ tableBytes &+ page &>> 3)
    let bit = UInt8(truncatingIfNeeded: 1 &<< (page & 7))
    if bits[] & bit != 0 { return }
    bits[] |= bit
    pages = pages &+ 1
  }

  @inline(never)
  private func makeTable(for block: Int) -> Bool {
    let index = block &>> tableShift
    guard index >= 0 && index < Int(PEAKLINE_POOL_TABLES) else { return false }
    let mapped = kernel(
      Int32(SYS_mmap), 0, tableBytes &+ bitsBytes, Int(PROT_READ | PROT_WRITE),
      Int(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE), -1, 0)
    if mapped < 0 { return false }
    _ = kernel(Int32(SYS_madvise), mapped, tableBytes &+ bitsBytes, Int(MADV_NOHUGEPAGE))
    Ref<Int>(known: directory &+ index &* 8)[] = mapped
    return true
  }

  /// Gives the memory back.
  mutating func clear() {
    if directory == 0 { return }
    var index = 0
    while index < Int(PEAKLINE_POOL_TABLES) {
      let table = Ref<Int>(known: directory &+ index &* 8)[]
      if table != 0 { _ = kernel(Int32(SYS_munmap), table, tableBytes &+ bitsBytes) }
      index = index &+ 1
    }
    _ = kernel(Int32(SYS_munmap), directory, Int(PEAKLINE_POOL_TABLES) &* 8)
    self = Shadow()
  }
}
