// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Finds entries of a table by what they hold: open addressing, linear probing, at most half full.
///
/// It keeps the entries' numbers only; 0 is none. Its memory is the agent's own.
struct HashIndex {
  private var slots = 0
  private var capacity = 0
  private var count = 0

  /// What it takes, in bytes.
  var bytes: Int { capacity &* 4 }

  /// The number for which `isWanted` holds among those with the same hash; 0 without one.
  @inline(__always)
  func find(_ hash: UInt64, _ isWanted: (UInt32) -> Bool) -> UInt32 {
    if capacity == 0 { return 0 }
    var place = Int(truncatingIfNeeded: hash &>> 32) & (capacity &- 1)
    while true {
      let number = Ref<UInt32>(known: slots &+ place &* 4)[]
      if number == 0 || isWanted(number) { return number }
      place = (place &+ 1) & (capacity &- 1)
    }
  }

  /// Enters a number that is not there; false when there is no memory.
  ///
  /// `hashOf` tells the hash of one that is there.
  mutating func insert(
    _ hash: UInt64, _ number: UInt32, _ hashOf: (UInt32) -> UInt64
  ) -> Bool {
    if (count &+ 1) &* 2 > capacity && !grow(hashOf) { return false }
    place(hash, number)
    count = count &+ 1
    return true
  }

  private func place(_ hash: UInt64, _ number: UInt32) {
    var place = Int(truncatingIfNeeded: hash &>> 32) & (capacity &- 1)
    while Ref<UInt32>(known: slots &+ place &* 4)[] != 0 { place = (place &+ 1) & (capacity &- 1) }
    Ref<UInt32>(known: slots &+ place &* 4)[] = number
  }

  private mutating func grow(_ hashOf: (UInt32) -> UInt64) -> Bool {
    let former = slots
    let formerCapacity = capacity
    let larger = max(1024, formerCapacity &* 2)
    guard let fresh = mapForLedger(larger &* 4) else { return false }
    slots = fresh
    capacity = larger
    var index = 0
    while index < formerCapacity {
      let number = Ref<UInt32>(known: former &+ index &* 4)[]
      if number != 0 { place(hashOf(number), number) }
      index = index &+ 1
    }
    if former != 0 { unmapForLedger(former, formerCapacity &* 4) }
    return true
  }

  /// Gives the memory back.
  mutating func clear() {
    if slots != 0 { unmapForLedger(slots, capacity &* 4) }
    self = HashIndex()
  }
}

/// A good mixture of the bits of a word (the finaliser of MurmurHash3).
@inline(__always)
func mixed(_ word: UInt64) -> UInt64 {
  var bits = word
  bits = (bits ^ (bits &>> 33)) &* 0xFF51_AFD7_ED55_8CCD
  bits = (bits ^ (bits &>> 33)) &* 0xC4CE_B9FE_1A85_EC53
  return bits ^ (bits &>> 33)
}
