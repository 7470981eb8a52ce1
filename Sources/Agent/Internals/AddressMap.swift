// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// From the address of an object to a ref: open addressing, linear probing, at most half full.
///
/// Every call of the program asks it on CPython 3.10 and 3.11, so a miss must cost one
/// multiplication and one load. Used with the GIL held.
struct AddressMap<Target: BitwiseCopyable> {
  private struct Slot: BitwiseCopyable {
    var key = 0
    var target = 0
  }

  private var slots: Ref<Slot>?
  private var capacity = 0
  private var shift: UInt = 0
  private(set) var count = 0

  /// The slot at which the search for `key` starts: the upper bits of a multiplicative (Fibonacci)
  /// hash.
  @inline(__always)
  private func home(_ key: Int) -> Int {
    Int(bitPattern: (UInt(bitPattern: key) &* 0x9E37_79B9_7F4A_7C15) &>> shift)
  }

  @inline(__always)
  subscript(key: Int) -> Ref<Target>? {
    guard let slots else { return nil }
    var index = home(key)
    while true {
      let slot = slots.advanced(by: index)[]
      if slot.key == key { return Ref(address: slot.target) }
      if slot.key == 0 { return nil }
      index = (index &+ 1) & (capacity &- 1)
    }
  }

  /// Puts `target` under `key`, which is not zero; false when there is no memory.
  mutating func insert(_ key: Int, _ target: Ref<Target>, pool: inout Pool) -> Bool {
    if (count &+ 1) &* 2 > capacity {
      guard grow(pool: &pool) else { return false }
    }
    place(Slot(key: key, target: target.address))
    count = count &+ 1
    return true
  }

  mutating func remove(_ key: Int) {
    guard let slots else { return }
    var index = home(key)
    while slots.advanced(by: index)[].key != key {
      if slots.advanced(by: index)[].key == 0 { return }
      index = (index &+ 1) & (capacity &- 1)
    }
    count = count &- 1
    // Close the gap: whoever stands behind it and would have liked to stand at it or before moves
    // up.
    var gap = index
    while true {
      index = (index &+ 1) & (capacity &- 1)
      let slot = slots.advanced(by: index)[]
      if slot.key == 0 { break }
      let distanceFromHome = (index &- home(slot.key)) & (capacity &- 1)
      if distanceFromHome >= (index &- gap) & (capacity &- 1) {
        slots.advanced(by: gap)[] = slot
        gap = index
      }
    }
    slots.advanced(by: gap)[] = Slot()
  }

  private mutating func place(_ slot: Slot) {
    guard let slots else { return }
    var index = home(slot.key)
    while slots.advanced(by: index)[].key != 0 { index = (index &+ 1) & (capacity &- 1) }
    slots.advanced(by: index)[] = slot
  }

  private mutating func grow(pool: inout Pool) -> Bool {
    let old = slots
    let oldCapacity = capacity
    let larger = max(64, oldCapacity &* 2)
    guard let fresh = pool.take(Slot.self, count: larger) else { return false }
    slots = fresh
    capacity = larger
    shift = UInt(bitPattern: larger.leadingZeroBitCount &+ 1)
    guard let old else { return true }
    var index = 0
    while index < oldCapacity {
      let slot = old.advanced(by: index)[]
      if slot.key != 0 { place(slot) }
      index = index &+ 1
    }
    pool.give(old, count: oldCapacity)
    return true
  }
}
