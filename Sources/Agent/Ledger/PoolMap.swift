// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Which parts of the address space are pools of Python's small-object allocator, so that a block's size
// can be read from its pool. A pool is 16 KiB, aligned; one byte stands for each, in tables of 1 GiB.
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

/// Whether the address lies in a pool that is known.
@inline(__always)
func isInPool(_ address: Int) -> Bool {
  let high = UInt(bitPattern: address) &>> UInt(tableShift)
  guard high < UInt(PEAKLINE_POOL_TABLES) else { return false }
  let table = unsafe peakline_pool_table(Int(bitPattern: high)).pointee
  if table == 0 { return false }
  let index = (address &>> poolShift) & (poolsOfTable &- 1)
  return Ref<UInt8>(known: table &+ index)[] != 0
}

/// The bytes of a block, from the header of its pool.
@inline(__always)
func blockSize(inPoolOf address: Int) -> Int {
  let pool = address & ~((1 &<< poolShift) &- 1)
  let sizeClass = Ref<UInt32>(known: pool &+ sizeClassOffset)[]
  return (Int(sizeClass) &+ 1) &* 16
}

/// Remembers or forgets the pool that contains an address.
func markPool(of address: Int, known: Bool) {
  let high = UInt(bitPattern: address) &>> UInt(tableShift)
  guard high < UInt(PEAKLINE_POOL_TABLES) else { return }
  let place = unsafe peakline_pool_table(Int(bitPattern: high))
  let slot = Int(bitPattern: place)
  var table = peakline_word_load(slot)
  if table == 0 {
    if !known { return }
    guard let fresh = mapForLedger(poolsOfTable) else {
      loseEvent()
      return
    }
    if peakline_word_replace(slot, 0, fresh) != 0 {
      table = fresh
    } else {
      unmapForLedger(fresh, poolsOfTable)
      table = peakline_word_load(slot)
    }
  }
  let index = (address &>> poolShift) & (poolsOfTable &- 1)
  Ref<UInt8>(address: table &+ index)?[] = known ? 1 : 0
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
