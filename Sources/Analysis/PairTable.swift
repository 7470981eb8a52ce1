// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Numbers of pairs of numbers: a table in two flat columns, several times as fast as a dictionary.
///
/// At most half full, so that a look-up ends. The hash has a part that is another in every process: no
/// file can be made whose pairs all collide.
struct PairTable {
  private var keys: [UInt64]
  /// -1 where there is no pair.
  private var values: [Int32]
  private var count = 0
  private let seed = UInt64.random(in: 0 ... .max)

  /// A table with room for so many pairs; it grows by itself.
  init(room: Int) {
    var size = 16
    while size < room * 2 { size *= 2 }
    keys = Array(repeating: 0, count: size)
    values = Array(repeating: -1, count: size)
  }

  /// The number of a pair; `new` if it is met for the first time, which it then has.
  mutating func number(_ first: Int32, _ second: UInt32, orElse new: Int32) -> Int32 {
    let key = UInt64(UInt32(bitPattern: first)) << 32 | UInt64(second)
    let place = place(of: key)
    if values[place] >= 0 { return values[place] }
    keys[place] = key
    values[place] = new
    count += 1
    if count * 2 > keys.count { grow() }
    return new
  }

  private func place(of key: UInt64) -> Int {
    var hash = (key ^ seed) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ hash >> 32) &* 0xD6E8_FEB8_6659_FD93
    let mask = keys.count - 1
    var place = Int(truncatingIfNeeded: hash >> 32) & mask
    while values[place] >= 0, keys[place] != key { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let former = (keys: keys, values: values)
    keys = Array(repeating: 0, count: former.keys.count * 2)
    values = Array(repeating: -1, count: keys.count)
    for index in former.keys.indices where former.values[index] >= 0 {
      let place = place(of: former.keys[index])
      keys[place] = former.keys[index]
      values[place] = former.values[index]
    }
  }
}
