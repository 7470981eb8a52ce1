// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A live block that was sampled: the counters it belongs to, and what it stands for.
struct SampledBlock: Addressed {
  var address = 0
  var counters: UInt32 = 0
  var reserved: UInt32 = 0
  var weight = Weight()
}

/// The live blocks of a sample by address; each is noted where a free looks first.
///
/// Used with the recordings held.
struct SampledBlocks {
  private var blocks = AddressTable<SampledBlock>()

  var count: Int { blocks.count }
  var bytes: Int { blocks.bytes }

  /// Enters a block that is not there; false when there is no memory.
  mutating func put(_ block: SampledBlock) -> Bool {
    if !blocks.insert(block) { return false }
    markBlock(at: block.address)
    blockFilter.add(block.address)
    return true
  }

  /// Takes a block out; nil if it is not there.
  mutating func take(_ address: Int) -> SampledBlock? {
    guard let found = blocks.remove(address) else { return nil }
    SampledBlocks.forget(address)
    return found
  }

  /// Makes all blocks those of no counters.
  func disown() { blocks.forEachPlace { $0[].counters = 0 } }

  private static func forget(_ address: Int) {
    unmarkBlock(at: address)
    blockFilter.remove(address)
  }

  /// Forgets all, and gives the memory back.
  mutating func clear() {
    blocks.forEach { SampledBlocks.forget($0.address) }
    blocks.clear()
  }
}
