// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Where the sampled blocks of each of so many hashes are counted, up to 255, which stays.
///
/// Most blocks that are asked for and are not there are told by that, without the lock. Changed with the
/// recordings held.
struct BlockFilter {
  private static let size = 1 << 16

  /// 0 until there is a recording.
  private var counts = 0
  /// Exact recordings, which know every block.
  private var exact = 0

  /// Whether a recording may know a block; may be asked without the lock.
  @inline(__always)
  func mayHold(_ address: Int) -> Bool {
    if exact != 0 { return true }
    return counts == 0 || place(of: address)[] != 0
  }

  @inline(__always)
  private func place(of address: Int) -> Ref<UInt8> {
    let hash = UInt(bitPattern: address) &* 0x9E37_79B9_7F4A_7C15
    return Ref(known: counts &+ Int(hash &>> 48))
  }

  /// Called before a recording is on.
  ///
  /// Without memory for the counts, every block may be there. A forked process may know its parent's.
  mutating func begin(isExact: Bool, isForked: Bool) {
    if isForked { exact = 0 } else if !isRecording() { clear() }
    if isExact { exact = exact &+ 1 }
  }

  /// Called when a recording has ended, after its blocks have been removed.
  mutating func end(isExact: Bool) { if isExact { exact = exact &- 1 } }

  mutating func add(_ address: Int) {
    if counts == 0 { return }
    let place = place(of: address)
    if place[] < 255 { place[] &+= 1 }
  }

  mutating func remove(_ address: Int) {
    if counts == 0 { return }
    let place = place(of: address)
    if place[] < 255 && place[] > 0 { place[] &-= 1 }
  }

  private mutating func clear() {
    exact = 0
    if counts == 0 {
      counts = mapForLedger(BlockFilter.size) ?? 0
      return
    }
    var index = 0
    while index < BlockFilter.size {
      Ref<Int>(known: counts &+ index)[] = 0
      index = index &+ 8
    }
  }
}

/// The one of the process.
@safe nonisolated(unsafe) var blockFilter = BlockFilter()
