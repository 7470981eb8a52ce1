// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Agent

/// The hooks called by hand, on a thread's own ledger, against `malloc_usable_size`.
@Suite(.serialized) struct MallocHooksTests {
  /// What a thread's ledger changed by.
  private struct Change: Equatable {
    var allocated = 0
    var freed = 0
    var allocations = 0
    var frees = 0
    var requested = 0
  }

  private func ledger() throws -> Ref<ThreadLedger> {
    guard findRealAllocator(), let ledger = currentLedger() else { throw NoMemory() }
    return ledger
  }

  private func change(_ body: () throws -> Void) throws -> Change {
    let ledger = try ledger()
    let before = ledger[]
    try body()
    let after = ledger[]
    return Change(
      allocated: after.allocated - before.allocated, freed: after.freed - before.freed,
      allocations: after.allocations - before.allocations, frees: after.frees - before.frees,
      requested: after.requested - before.requested)
  }

  /// malloc_usable_size(3), which Swift's Glibc lacks.
  private static let usableSize: @convention(c) (Int) -> Int = unsafeBitCast(
    dlsym(UnsafeMutableRawPointer(bitPattern: 0), "malloc_usable_size"),
    to: (@convention(c) (Int) -> Int).self)

  private func usable(_ block: Int) -> Int { Self.usableSize(block) }

  private func usable(_ block: UnsafeMutableRawPointer) -> Int { usable(Int(bitPattern: block)) }

  @Test func `the header of a block says its usable size, for every size`() throws {
    var wrong: [Int] = []
    for size in 0...70_000 {
      let block = try #require(malloc(size))
      if RealAllocator.chunkSize(Int(bitPattern: block)) != usable(block) {
        wrong.append(size)
      }
      free(block)
    }
    #expect(wrong.isEmpty)
  }

  @Test(arguments: [128 << 10, (128 << 10) - 24, 1_000_003, 4 << 20, 33 << 20, 64 << 20, 1 << 30])
  func `the header of a large block says its usable size, whether it is mapped or not`(size: Int)
    throws
  {
    let block = try #require(malloc(size))
    defer { free(block) }
    #expect(RealAllocator.chunkSize(Int(bitPattern: block)) == usable(block))
  }

  @Test(arguments: [32, 64, 4096, 16384, 1 << 20])
  func `the header of an aligned block says its usable size`(alignment: Int) throws {
    for size in [1, 100, 5_000, 300_000, 40 << 20] {
      var block: UnsafeMutableRawPointer?
      #expect(posix_memalign(&block, alignment, size) == 0)
      let place = try #require(block)
      defer { free(place) }
      #expect(RealAllocator.chunkSize(Int(bitPattern: place)) == usable(place))
    }
  }

  @Test func `malloc and free count one block each`() throws {
    for size in [0, 1, 24, 25, 1000, 100_000, 50 << 20] {
      var block = 0
      let taken = try change { block = hookedMalloc(size) }
      let bytes = usable(block)
      #expect(taken == Change(allocated: bytes, allocations: 1, requested: size))
      #expect(try change { hookedFree(block) } == Change(freed: bytes, frees: 1))
    }
    #expect(try change { hookedFree(0) } == Change())
  }

  @Test func `realloc is a free and an allocation, whether the block moves or not`() throws {
    for (before, after) in [(10, 20), (10, 5_000), (5_000, 10), (100, 8 << 20), (8 << 20, 100)] {
      var block = hookedMalloc(before)
      let former = usable(block)
      let moved = try change { block = hookedRealloc(block, after) }
      let bytes = usable(block)
      #expect(
        moved
          == Change(allocated: bytes, freed: former, allocations: 1, frees: 1, requested: after))
      hookedFree(block)
    }
  }

  @Test func `realloc of nothing allocates, and to nothing frees`() throws {
    var block = 0
    let taken = try change { block = hookedRealloc(0, 100) }
    let bytes = usable(block)
    #expect(taken == Change(allocated: bytes, allocations: 1, requested: 100))
    #expect(try change { block = hookedRealloc(block, 0) } == Change(freed: bytes, frees: 1))
    #expect(block == 0)
  }

  @Test func `calls that fail count nothing, and leave the block`() throws {
    let block = hookedMalloc(100)
    let huge = Int.max - 4096
    var place = 0
    let failed = try change {
      #expect(hookedMalloc(huge) == 0)
      #expect(hookedCalloc(1 << 40, 1 << 40) == 0)
      #expect(hookedRealloc(block, huge) == 0)
      #expect(hookedReallocarray(block, 1 << 40, 1 << 40) == 0)
      #expect(hookedMemalign(64, huge) == 0)
      withUnsafeMutablePointer(to: &place) {
        #expect(hookedPosixMemalign(Int(bitPattern: $0), 64, huge) == ENOMEM)
        #expect(hookedPosixMemalign(Int(bitPattern: $0), 3, 100) == EINVAL)
      }
    }
    #expect(failed == Change())
    #expect(place == 0)
    #expect(try change { hookedFree(block) }.frees == 1)
  }

  @Test func `every other way to a block counts it once`() throws {
    let ways: [(name: String, requested: Int, call: () -> Int)] = [
      ("calloc", 300, { hookedCalloc(3, 100) }),
      ("reallocarray", 300, { hookedReallocarray(0, 3, 100) }),
      ("aligned_alloc", 256, { hookedAlignedAlloc(64, 256) }),
      ("memalign", 100, { hookedMemalign(4096, 100) }),
      ("valloc", 100, { hookedValloc(100) }),
      ("pvalloc", 100, { hookedPvalloc(100) }),
      (
        "posix_memalign", 100,
        {
          var place = 0
          withUnsafeMutablePointer(to: &place) {
            _ = hookedPosixMemalign(Int(bitPattern: $0), 128, 100)
          }
          return place
        }
      ),
    ]
    for way in ways {
      var block = 0
      let taken = try change { block = way.call() }
      #expect(block != 0, "\(way.name)")
      let bytes = usable(block)
      #expect(
        taken == Change(allocated: bytes, allocations: 1, requested: way.requested), "\(way.name)")
      #expect(try change { hookedFree(block) } == Change(freed: bytes, frees: 1), "\(way.name)")
    }
  }

  @Test func `calloc gives zeros`() throws {
    _ = try ledger()
    let dirty = hookedMalloc(5_000)
    memset(try #require(UnsafeMutableRawPointer(bitPattern: dirty)), 255, 5_000)
    hookedFree(dirty)
    let block = hookedCalloc(50, 100)
    defer { hookedFree(block) }
    let bytes = try #require(UnsafeMutablePointer<UInt8>(bitPattern: block))
    #expect((0..<5_000).allSatisfy { bytes[$0] == 0 })
  }
}
