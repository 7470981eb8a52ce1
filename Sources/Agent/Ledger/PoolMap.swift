// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What is known of each part of the address space, 16 KiB of it at a time: one byte stands for each, in
// tables of 1 GiB.
//
// Bit 0: the part is a pool of Python's small-object allocator, which is 16 KiB, aligned; so that a
// block's size can be read from its pool. Bit 1: a code object begins in it that a recording knows by its
// address. The six bits above count the blocks in it that a recording knows; a count that has reached
// its most stays there. A free looks here whether it concerns anybody.
//
// A pool is known from the moment its arena is made, or, where the arena is older than the accounting,
// from the first block seen in it; and it is forgotten with its arena: what is mapped there later is
// no pool.

import CAgent

/// Bytes of a pool, and of the address space that one table describes, as powers of two.
let poolShift = 14
private let tableShift = 30
private let poolsOfTable = 1 << 16
/// Where in a pool's header the size class of its blocks stands, in bytes.
private let sizeClassOffset = 36

/// The byte for the part that an address lies in.
@inline(__always)
func region(of address: Int) -> UInt8 {
  let high = UInt(bitPattern: address) &>> UInt(tableShift)
  guard high < UInt(PEAKLINE_POOL_TABLES) else { return 0 }
  let table = unsafe peakline_pool_table(Int(bitPattern: high)).pointee
  if table == 0 { return 0 }
  let index = (address &>> poolShift) & (poolsOfTable &- 1)
  return Ref<UInt8>(known: table &+ index)[]
}

/// The bits of the byte.
enum Region {
  static let pool: UInt8 = 1
  static let code: UInt8 = 2
  /// One block.
  static let block: UInt8 = 4
  /// As many as can be counted, or more.
  static let manyBlocks: UInt8 = 252
}

/// Whether the address lies in a pool that is known.
@inline(__always)
func isInPool(_ address: Int) -> Bool { region(of: address) & Region.pool != 0 }

/// The bytes of a block, from the header of its pool.
@inline(__always)
func blockSize(inPoolOf address: Int) -> Int {
  let pool = address & ~((1 &<< poolShift) &- 1)
  let sizeClass = Ref<UInt32>(known: pool &+ sizeClassOffset)[]
  return (Int(sizeClass) &+ 1) &* 16
}

/// Remembers or forgets the pool that contains an address.
func markPool(of address: Int, known: Bool) {
  guard let place = regionPlace(of: address, making: known) else { return }
  if known {
    peakline_byte_or(place, Region.pool)
  } else {
    peakline_byte_and(place, 0)
  }
}

/// Remembers that a code object begins at an address.
func markCode(at address: Int) {
  if region(of: address) & Region.code != 0 { return }
  peakline_byte_or(regionPlace(of: address, making: true) ?? 0, Region.code)
}

/// Counts one block that begins at an address; with the recording held.
func markBlock(at address: Int) {
  let present = region(of: address)
  if present >= Region.manyBlocks { return }
  guard let place = regionPlace(of: address, making: true) else { return }
  peakline_byte_add(place, Region.block)
}

/// Counts one fewer.
func unmarkBlock(at address: Int) {
  let present = region(of: address)
  if present >= Region.manyBlocks || present < Region.block { return }
  guard let place = regionPlace(of: address, making: false) else { return }
  peakline_byte_add(place, 0 &- Region.block)
}

/// Counts the blocks from an address on as more than can be counted: whatever is freed there is looked at.
func markAllBlocks(at address: Int) {
  guard let place = regionPlace(of: address, making: true) else { return }
  peakline_byte_or(place, Region.manyBlocks)
}

/// Where the byte stands, or nil where there is none (and none can be made).
private func regionPlace(of address: Int, making: Bool) -> Int? {
  let high = UInt(bitPattern: address) &>> UInt(tableShift)
  guard high < UInt(PEAKLINE_POOL_TABLES) else { return nil }
  let slot = Int(bitPattern: unsafe peakline_pool_table(Int(bitPattern: high)))
  var table = peakline_word_load(slot)
  if table == 0 {
    if !making { return nil }
    guard let fresh = mapForLedger(poolsOfTable) else {
      loseEvent()
      return nil
    }
    if peakline_word_replace(slot, 0, fresh) != 0 {
      table = fresh
    } else {
      unmapForLedger(fresh, poolsOfTable)
      table = peakline_word_load(slot)
    }
  }
  return table &+ ((address &>> poolShift) & (poolsOfTable &- 1))
}

/// The same for all pools that lie wholly inside an arena.
func markPools(from start: Int, bytes: Int, known: Bool) {
  let size = 1 &<< poolShift
  var pool = (start &+ size &- 1) & ~(size &- 1)
  while pool &+ size <= start &+ bytes {
    markPool(of: pool, known: known)
    pool = pool &+ size
  }
}
