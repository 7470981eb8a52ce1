// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Agent

/// The map against a dictionary that does the same.
@Suite(.serialized) struct AddressMapTests {
  private func put(
    _ key: Int, _ target: Ref<Int>, in map: inout AddressMap<Int>, _ pool: inout Pool
  ) throws {
    guard map.insert(key, target, pool: &pool) else { throw NoMemory() }
  }

  @Test func `an empty map holds nothing`() {
    let map = AddressMap<Int>()
    #expect(map[16] == nil)
    #expect(map.count == 0)
  }

  @Test func `what was removed is gone and the rest stays, whichever key goes first`() throws {
    // Few keys, so that chains form and close around every one of them.
    let keys: [Int] = (1...24).map { $0 * 64 }
    for removed in keys {
      var pool = Pool()
      var map = AddressMap<Int>()
      let target = try pool.taken(Int.self)
      for key in keys { try put(key, target, in: &map, &pool) }
      map.remove(removed)
      for key in keys { #expect((map[key] != nil) == (key != removed), "\(removed), \(key)") }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `it agrees with a dictionary over random insertions and removals`(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    var pool = Pool()
    var map = AddressMap<Int>()
    var truth: [Int: Int] = [:]
    for _ in 0..<20_000 {
      let key = Int(random.next() % 512 + 1) &* 16
      if truth[key] == nil {
        let target = try pool.taken(Int.self)
        try put(key, target, in: &map, &pool)
        truth[key] = target.address
      } else if random.next() % 3 == 0 {
        map.remove(key)
        truth[key] = nil
      }
      #expect(map.count == truth.count)
    }
    for key in stride(from: 16, through: 512 * 16, by: 16) {
      #expect(map[key]?.address == truth[key], "seed \(seed), key \(key)")
    }
  }

  @Test func `removing what was never there changes nothing`() throws {
    var pool = Pool()
    var map = AddressMap<Int>()
    let target = try pool.taken(Int.self)
    try put(32, target, in: &map, &pool)
    map.remove(48)
    #expect(map[32]?.address == target.address)
    #expect(map.count == 1)
  }
}
