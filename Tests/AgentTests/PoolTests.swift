// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Agent

/// The agent's own memory.
@Suite(.serialized) struct PoolTests {
  @Test func `a block is zeroed, also when it was used before`() throws {
    var pool = Pool()
    let first = try pool.taken(Int.self, count: 100)
    for index in 0..<100 { first.advanced(by: index)[] = -1 }
    pool.give(first, count: 100)
    let second = try pool.taken(Int.self, count: 100)
    #expect(second.address == first.address)
    #expect((0..<100).allSatisfy { second.advanced(by: $0)[] == 0 })
  }

  @Test func `blocks of all sizes never overlap`() throws {
    var pool = Pool()
    var taken: [Range<Int>] = []
    for count in [1, 7, 8, 9, 63, 64, 65, 1000, 4096, 100_000] {
      for _ in 0..<20 {
        let block = try pool.taken(Int.self, count: count)
        taken.append(block.address..<block.address + count * 8)
      }
    }
    let ordered = taken.sorted { $0.lowerBound < $1.lowerBound }
    for (one, next) in zip(ordered, ordered.dropFirst()) {
      #expect(one.upperBound <= next.lowerBound)
    }
  }

  @Test func `recycling needs no more memory`() throws {
    var pool = Pool()
    pool.give(try pool.taken(Int.self, count: 50), count: 50)
    let mapped = pool.mappedBytes
    for _ in 0..<100_000 {
      pool.give(try pool.taken(Int.self, count: 50), count: 50)
    }
    #expect(pool.mappedBytes == mapped)
  }

  @Test func `a size that no system has is refused`() {
    var pool = Pool()
    let block = pool.take(Int.self, count: 1 << 50)
    #expect(block == nil)
  }

  @Test func `every page is resident before it is handed out`() throws {
    var pool = Pool()
    let size = 1 << 20
    let block = try pool.taken(UInt8.self, count: size)
    // The block starts a mapping of its own, being larger than a chunk.
    var present = [UInt8](repeating: 0, count: size / 4096)
    let answer = mincore(UnsafeMutableRawPointer(bitPattern: block.address), size, &present)
    #expect(answer == 0)
    #expect(present.allSatisfy { $0 & 1 == 1 })
    #expect(pool.mappedBytes == size)
  }
}
