// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A live block that was sampled: the counters it belongs to, and what it stands for.
struct SampledBlock: BitwiseCopyable {
  /// 0: the place is empty.
  var address = 0
  var counters: UInt32 = 0
  var reserved: UInt32 = 0
  var weight = Weight()
}

/// The live blocks of a sample by address: open addressing, linear probing, at most half full.
///
/// Used with the recordings held.
struct SampledBlocks {
  private var slots = 0
  private var capacity = 0
  private(set) var count = 0

  var bytes: Int { capacity &* MemoryLayout<SampledBlock>.stride }

  @inline(__always)
  private func slot(_ index: Int) -> Ref<SampledBlock> {
    Ref(known: slots &+ (index & (capacity &- 1)) &* MemoryLayout<SampledBlock>.stride)
  }

  @inline(__always)
  private func home(_ address: Int) -> Int {
    Int(truncatingIfNeeded: mixed(UInt64(UInt(bitPattern: address))) &>> 20)
  }

  /// Enters a block that is not there; false when there is no memory.
  mutating func put(_ block: SampledBlock) -> Bool {
    if (count &+ 1) &* 2 > capacity && !grow() { return false }
    place(block)
    count = count &+ 1
    markBlock(at: block.address)
    blockFilter.add(block.address)
    return true
  }

  private func place(_ block: SampledBlock) {
    var index = home(block.address)
    while slot(index)[].address != 0 { index = index &+ 1 }
    slot(index)[] = block
  }

  /// Takes a block out; nil if it is not there.
  mutating func take(_ address: Int) -> SampledBlock? {
    if capacity == 0 { return nil }
    var index = home(address)
    while slot(index)[].address != address {
      if slot(index)[].address == 0 { return nil }
      index = index &+ 1
    }
    let found = slot(index)[]
    close(index)
    count = count &- 1
    unmarkBlock(at: address)
    blockFilter.remove(address)
    return found
  }

  /// Closes the gap: whoever stands behind it and would have liked to stand at it or before moves up.
  private func close(_ index: Int) {
    let mask = capacity &- 1
    var gap = index & mask
    var next = gap
    while true {
      next = (next &+ 1) & mask
      let block = slot(next)[]
      if block.address == 0 { break }
      if (next &- home(block.address)) & mask >= (next &- gap) & mask {
        slot(gap)[] = block
        gap = next
      }
    }
    slot(gap)[] = SampledBlock()
  }

  private mutating func grow() -> Bool {
    let former = self
    let larger = max(512, capacity &* 2)
    guard let fresh = mapForLedger(larger &* MemoryLayout<SampledBlock>.stride) else {
      return false
    }
    slots = fresh
    capacity = larger
    var index = 0
    while index < former.capacity {
      let block = former.slot(index)[]
      if block.address != 0 { place(block) }
      index = index &+ 1
    }
    if former.slots != 0 {
      unmapForLedger(former.slots, former.capacity &* MemoryLayout<SampledBlock>.stride)
    }
    return true
  }

  /// Forgets all, and gives the memory back.
  mutating func clear() {
    var index = 0
    while index < capacity {
      let block = slot(index)[]
      if block.address != 0 {
        unmarkBlock(at: block.address)
        blockFilter.remove(block.address)
      }
      index = index &+ 1
    }
    if slots != 0 { unmapForLedger(slots, capacity &* MemoryLayout<SampledBlock>.stride) }
    self = SampledBlocks()
  }
}
