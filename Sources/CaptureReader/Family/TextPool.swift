// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The texts and functions of several captures, each once.
struct TextPool {
  private struct Function: Hashable {
    var name: UInt32
    var file: UInt32
    var firstLine: UInt32
  }

  /// The table of strings.
  private(set) var bytes: [UInt8] = [0, 0, 0, 0]
  private(set) var functions = [CaptureFunction()]
  /// Numbers of texts, each at the first free place from that of its hash on; 0: free.
  private var slots = [UInt32](repeating: 0, count: 1 << 10)
  private var count = 0
  private var functionNumbers: [Function: UInt32] = [:]

  /// The number of a text; 0 for one that there is no room for.
  mutating func number(of text: ArraySlice<UInt8>) -> UInt32 {
    if text.isEmpty { return 0 }
    if count * 2 >= slots.count { grow() }
    var slot = place(of: text)
    while slots[slot] != 0 {
      if self.text(slots[slot]) == text { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    let number = bytes.count
    guard number + text.count + 8 < Int(UInt32.max) else { return 0 }
    for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: text.count >> (8 * shift))) }
    bytes += text
    while !bytes.count.isMultiple(of: 4) { bytes.append(0) }
    slots[slot] = UInt32(number)
    count += 1
    return UInt32(number)
  }

  /// The index of a function whose texts are the pool's.
  mutating func index(of function: CaptureFunction) -> UInt32 {
    let key = Function(name: function.name, file: function.file, firstLine: function.firstLine)
    let new = UInt32(functions.count)
    let index = functionNumbers[key, default: new]
    if index == new {
      functionNumbers[key] = new
      functions.append(function)
    }
    return index
  }

  private func text(_ number: UInt32) -> ArraySlice<UInt8> {
    let start = Int(number)
    let length = (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    return bytes[start + 4..<start + 4 + length]
  }

  private func place(of text: ArraySlice<UInt8>) -> Int {
    let sum = Packing.checksum(text) ^ UInt64(text.count)
    return Int((sum &* 0x9E37_79B9_7F4A_7C15) >> 20) & (slots.count - 1)
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt32](repeating: 0, count: old.count * 2)
    for number in old where number != 0 {
      var slot = place(of: text(number))
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = number
    }
  }
}

/// The numbers that texts of one capture have in a pool.
struct PooledTexts {
  private let texts: Texts
  /// By the text's number divided by four; 0: not asked for yet.
  private var numbers: [UInt32]

  init(_ texts: Texts) {
    self.texts = texts
    numbers = [UInt32](repeating: 0, count: texts.size / 4)
  }

  mutating func number(_ number: UInt32, in pool: inout TextPool) -> UInt32 {
    let index = Int(number / 4)
    guard number.isMultiple(of: 4), index < numbers.count else { return 0 }
    if numbers[index] == 0 { numbers[index] = pool.number(of: texts.utf8(number)) }
    return numbers[index]
  }
}
