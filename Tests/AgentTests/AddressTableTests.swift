// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Agent

private struct Numbered: Addressed {
  var address = 0
  var number = 0
}

/// The table against a dictionary that does the same.
@Suite(.serialized) struct AddressTableTests {
  private func put(
    _ address: Int, _ number: Int, in table: inout AddressTable<Numbered>
  ) throws {
    guard table.insert(Numbered(address: address, number: number)) else { throw NoMemory() }
  }

  @Test func `an empty table holds nothing and takes nothing`() {
    var table = AddressTable<Numbered>()
    #expect(table.find(16) == nil)
    let removed = table.remove(16)
    #expect(removed == nil)
    #expect(table.bytes == 0)
    table.clear()
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `it agrees with a dictionary over random insertions and removals`(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    var table = AddressTable<Numbered>()
    defer { table.clear() }
    var truth: [Int: Int] = [:]
    for number in 1...20_000 {
      let address = Int(random.next() % 1500 + 1) &* 16
      if truth[address] == nil {
        try put(address, number, in: &table)
        truth[address] = number
      } else if random.next() % 2 == 0 {
        let removed = table.remove(address)
        #expect(removed?.number == truth.removeValue(forKey: address))
      }
      #expect(table.count == truth.count)
    }
    for address in stride(from: 16, through: 1500 * 16, by: 16) {
      #expect(table.find(address)?[].number == truth[address], "seed \(seed), \(address)")
    }
    var seen: [Int: Int] = [:]
    table.forEach { seen[$0.address] = $0.number }
    #expect(seen == truth)
  }

  @Test func `cleared, it gives its memory back and can be used again`() throws {
    var table = AddressTable<Numbered>()
    for number in 1...1000 { try put(number &* 64, number, in: &table) }
    #expect(table.bytes >= 2000 &* MemoryLayout<Numbered>.stride)
    table.clear()
    #expect(table.bytes == 0)
    #expect(table.find(64) == nil)
    try put(64, 7, in: &table)
    #expect(table.find(64)?[].number == 7)
    table.clear()
  }
}
