// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What an `AddressTable` holds.
protocol Addressed: BitwiseCopyable {
  /// By what it is found; 0: the place is empty.
  var address: Int { get }

  /// An empty place.
  init()
}

/// Entries by an address: open addressing, linear probing, at most half full.
///
/// Its memory is the ledger's, so that it may be used where allocations are counted.
struct AddressTable<Entry: Addressed> {
  private var slots = 0
  private var capacity = 0
  private(set) var count = 0

  /// What it takes, in bytes.
  var bytes: Int { capacity &* MemoryLayout<Entry>.stride }

  @inline(__always)
  private func slot(_ index: Int) -> Ref<Entry> {
    Ref(known: slots &+ (index & (capacity &- 1)) &* MemoryLayout<Entry>.stride)
  }

  @inline(__always)
  private func home(_ address: Int) -> Int {
    Int(truncatingIfNeeded: mixed(UInt64(UInt(bitPattern: address))) &>> 20)
  }

  /// The entry of an address, valid until the table is changed; nil if there is none.
  @inline(__always)
  func find(_ address: Int) -> Ref<Entry>? {
    guard let index = index(of: address) else { return nil }
    return slot(index)
  }

  @inline(__always)
  private func index(of address: Int) -> Int? {
    if capacity == 0 { return nil }
    var index = home(address)
    while slot(index)[].address != address {
      if slot(index)[].address == 0 { return nil }
      index = index &+ 1
    }
    return index
  }

  /// Enters what is not there; false when there is no memory.
  mutating func insert(_ entry: Entry) -> Bool {
    if (count &+ 1) &* 2 > capacity && !grow() { return false }
    place(entry)
    count = count &+ 1
    return true
  }

  private func place(_ entry: Entry) {
    var index = home(entry.address)
    while slot(index)[].address != 0 { index = index &+ 1 }
    slot(index)[] = entry
  }

  /// Takes an entry out; nil if it is not there.
  mutating func remove(_ address: Int) -> Entry? {
    guard let index = index(of: address) else { return nil }
    let found = slot(index)[]
    closeGap(at: index)
    count = count &- 1
    return found
  }

  /// Whoever stands behind the gap and would have liked to stand at it or before moves up.
  private func closeGap(at index: Int) {
    let mask = capacity &- 1
    var gap = index & mask
    var next = gap
    while true {
      next = (next &+ 1) & mask
      let entry = slot(next)[]
      if entry.address == 0 { break }
      if (next &- home(entry.address)) & mask >= (next &- gap) & mask {
        slot(gap)[] = entry
        gap = next
      }
    }
    slot(gap)[] = Entry()
  }

  private mutating func grow() -> Bool {
    let former = self
    let larger = max(512, capacity &* 2)
    guard let fresh = mapForLedger(larger &* MemoryLayout<Entry>.stride) else { return false }
    slots = fresh
    capacity = larger
    former.forEach { place($0) }
    former.giveMemoryBack()
    return true
  }

  func forEach(_ body: (Entry) -> Void) { forEachPlace { body($0[]) } }

  /// The same with where each entry stands; its address must not be changed.
  func forEachPlace(_ body: (Ref<Entry>) -> Void) {
    var index = 0
    while index < capacity {
      let place = slot(index)
      if place[].address != 0 { body(place) }
      index = index &+ 1
    }
  }

  private func giveMemoryBack() { if slots != 0 { unmapForLedger(slots, bytes) } }

  /// Forgets all, and gives the memory back.
  mutating func clear() {
    giveMemoryBack()
    self = AddressTable()
  }
}
