// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Agent

/// The map of pools, asked about addresses that need not be anybody's memory.
@Suite(.serialized) struct PoolMapTests {
  private static let pool = 1 << poolShift
  private static let arena = 1 << 20
  /// Places of a test's own, far from where the kernel maps.
  private static let home = 0x0123_4000_0000

  @Test func `a pool is known from its first byte to its last`() {
    let start = Self.home
    #expect(!isInPool(start))
    markPool(of: start + 5000, known: true)
    #expect(isInPool(start) && isInPool(start + Self.pool - 1))
    #expect(!isInPool(start - 1) && !isInPool(start + Self.pool))
    markPool(of: start + Self.pool - 1, known: false)
    #expect(!isInPool(start) && !isInPool(start + Self.pool - 1))
  }

  @Test(arguments: [0, 16, 4096, 8192, 12288, 16383])
  func `of an arena those pools are known that lie in it as a whole`(shift: Int) {
    let start = Self.home + (1 << 30) + shift
    markPools(from: start, bytes: Self.arena, known: true)
    for address in stride(from: start - Self.pool, to: start + Self.arena + Self.pool, by: 1024) {
      let pool = address & ~(Self.pool - 1)
      let isWhole = pool >= start && pool + Self.pool <= start + Self.arena
      #expect(isInPool(address) == isWhole, "\(shift), \(address - start)")
    }
    markPools(from: start, bytes: Self.arena, known: false)
    for address in stride(from: start, to: start + Self.arena, by: 4096) {
      #expect(!isInPool(address))
    }
  }

  @Test func `an arena across two tables is known in both`() {
    let border = Self.home + (4 << 30)
    let start = border - Self.arena / 2
    markPools(from: start, bytes: Self.arena, known: true)
    for offset in stride(from: 0, to: Self.arena, by: Self.pool) {
      #expect(isInPool(start + offset))
    }
    #expect(!isInPool(start - 1) && !isInPool(start + Self.arena))
    markPools(from: start, bytes: Self.arena, known: false)
    #expect(!isInPool(border - 1) && !isInPool(border))
  }

  @Test(arguments: [1 << 47, (1 << 47) + 123_456, 1 << 56, Int.max, Int.min, -1, -16384])
  func `addresses that no user's memory has are in no pool, and are not remembered`(address: Int) {
    let before = ledgerBytes()
    markPool(of: address, known: true)
    #expect(!isInPool(address))
    markPool(of: address, known: false)
    #expect(ledgerBytes() - before < 1 << 16)
  }

  @Test func `the highest address that there can be has its place`() {
    let last = (1 << 47) - 1
    markPool(of: last, known: true)
    #expect(isInPool(last) && isInPool(last - Self.pool + 1) && !isInPool(last - Self.pool))
    markPool(of: last, known: false)
    #expect(!isInPool(last))
  }

  @Test func `forgetting what was never known takes no memory`() {
    let before = ledgerBytes()
    for gigabyte in 0..<64 { markPool(of: Self.home + (gigabyte + 100) << 30, known: false) }
    // Other tests run meanwhile, on other threads: a table each would be 4 MiB.
    #expect(ledgerBytes() - before < 1 << 20)
  }

  @Test func `a block's size is its class, in steps of 16 bytes`() throws {
    var pool = Pool()
    let words = try pool.taken(UInt32.self, count: 2 * Self.pool / 4)
    let start = (words.address + Self.pool - 1) & ~(Self.pool - 1)
    guard let header = Ref<UInt32>(address: start + 36) else { throw NoMemory() }
    for sizeClass in 0..<32 as Range<UInt32> {
      header[] = sizeClass
      for offset in [48, 4096, Self.pool - 16] {
        #expect(blockSize(inPoolOf: start + offset) == 16 * (Int(sizeClass) + 1))
      }
    }
  }
}
