// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Writes the numbers of a column: of each, how far it is from what was foreseen.
///
/// A difference is folded (`ZigZag`). 0 is written as 0, any other as one more than it is, and 1 says
/// that the difference before comes again, so often as the number behind it. Numbers take a byte for
/// each seven bits, the lowest first, of which all but the last have the highest bit set.
struct ColumnWriter {
  let column: PackedColumn
  private(set) var bytes: [UInt8] = []
  /// Whether all differences could be written: there is one that cannot.
  private(set) var isWhole = true
  private var prediction: Prediction
  private var last: UInt64 = 0
  private var repeats = 0

  init(_ column: PackedColumn) {
    self.column = column
    prediction = Prediction(column)
  }

  /// Writes the numbers of entries that follow those before; `keys` are those of the column's key.
  mutating func write(_ numbers: [Int], _ entries: Range<Int>, keys: [Int]) {
    for place in 0..<entries.count {
      let number = numbers[place]
      let key = keys.isEmpty ? 0 : keys[place]
      let expected = prediction.expected(at: entries.lowerBound + place, key: key)
      prediction.note(number, key: key)
      let difference = ZigZag.folded(number &- expected)
      if difference == last {
        repeats += 1
      } else {
        endRepeats()
        last = difference
        put(difference: difference)
      }
    }
  }

  /// Has to be called behind the last number.
  mutating func finish() { endRepeats() }

  private mutating func endRepeats() {
    if repeats == 0 { return }
    let length = last == 0 ? 1 : Self.length(last &+ 1)
    if repeats * length <= 1 + Self.length(UInt64(repeats)) {
      for _ in 0..<repeats { put(difference: last) }
    } else {
      put(1)
      put(UInt64(repeats))
    }
    repeats = 0
  }

  private mutating func put(difference: UInt64) {
    if difference == .max { isWhole = false }
    put(difference == 0 ? 0 : difference &+ 1)
  }

  private mutating func put(_ number: UInt64) {
    var rest = number
    while rest > 127 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// How many bytes a number takes.
  private static func length(_ number: UInt64) -> Int {
    max(1, (70 - number.leadingZeroBitCount) / 7)
  }
}
