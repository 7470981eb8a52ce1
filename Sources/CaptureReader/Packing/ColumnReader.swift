// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the numbers of a column that `ColumnWriter` wrote, or whoever made up the bytes.
struct ColumnReader {
  let column: PackedColumn
  private let entries: Int
  private var place: Int
  private let end: Int
  private var prediction: Prediction
  private var last: UInt64 = 0
  private var repeats = 0

  /// Reads from `place` on the column's bytes; the table has so many entries.
  init(_ column: PackedColumn, at place: Int, entries: Int) {
    self.column = column
    self.entries = entries
    self.place = place
    end = place + Int(column.bytes)
    prediction = Prediction(column)
  }

  /// The numbers of entries that follow those before; false where the bytes do not have them.
  mutating func read(
    _ bytes: [UInt8], _ block: Range<Int>, keys: [Int], into numbers: inout [Int]
  ) -> Bool {
    if column.isStored { return copy(bytes, block.count, &numbers) }
    let mask = column.width == 4 ? Int(UInt32.max) : -1
    var index = 0
    while index < block.count {
      if repeats == 0, !readDifference(bytes, left: entries - block.lowerBound - index) {
        return false
      }
      let end = min(index + repeats, block.count)
      repeats -= end - index
      let difference = ZigZag.unfolded(last)
      while index < end {
        let key = keys.isEmpty ? 0 : keys[index]
        let expected = prediction.expected(at: block.lowerBound + index, key: key)
        let number = (expected &+ difference) & mask
        prediction.note(number, key: key)
        numbers[index] = number
        index += 1
      }
    }
    return true
  }

  /// The next difference, and how often it comes; false where there is none.
  @inline(__always)
  private mutating func readDifference(_ bytes: [UInt8], left: Int) -> Bool {
    guard let word = number(bytes) else { return false }
    if word != 1 {
      last = word == 0 ? 0 : word - 1
      repeats = 1
      return true
    }
    guard let times = number(bytes), times >= 1, times <= UInt64(left) else { return false }
    repeats = Int(times)
    return true
  }

  /// Words that stand as they are.
  private mutating func copy(_ bytes: [UInt8], _ count: Int, _ numbers: inout [Int]) -> Bool {
    let width = Int(column.width)
    let isReal = column.isReal
    guard end - place >= count * width else { return false }
    for index in 0..<count {
      var word: UInt64 = 0
      for byte in 0..<width { word |= UInt64(bytes[place + byte]) << UInt64(8 * byte) }
      place += width
      numbers[index] = Word.number(word, isReal: isReal)
    }
    return true
  }

  @inline(__always)
  private mutating func number(_ bytes: [UInt8]) -> UInt64? {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while place < end {
      let byte = bytes[place]
      place += 1
      // The tenth byte has one bit left.
      if shift == 63, byte > 1 { return nil }
      number |= UInt64(byte & 127) << shift
      if byte < 128 { return number }
      shift += 7
    }
    return nil
  }
}
