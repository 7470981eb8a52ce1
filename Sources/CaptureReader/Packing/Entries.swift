// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The bytes of a table, as entries that consist of words.
struct Entries {
  let bytes: [UInt8]
  /// Bytes of an entry: a multiple of four.
  let stride: Int

  var count: Int { bytes.count / stride }

  /// The numbers of a column in some entries, put at the beginning of `numbers`.
  func read(_ column: PackedColumn, _ block: Range<Int>, into numbers: inout [Int]) {
    let isNarrow = column.width == 4
    let isReal = column.isReal
    unsafe bytes.withUnsafeBytes { buffer in
      var place = block.lowerBound * stride + Int(column.place)
      for index in 0..<block.count {
        // Safe: a column is a word within an entry, and `block` is of entries that are there.
        let word =
          isNarrow
          ? UInt64(unsafe buffer.loadUnaligned(fromByteOffset: place, as: UInt32.self))
          : unsafe buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        numbers[index] = Word.number(word, isReal: isReal)
        place += stride
      }
    }
  }

  /// Whether the words of eight bytes at a place are all integers written as a `Double`.
  func areReal(at place: Int, in block: Range<Int>) -> Bool {
    unsafe bytes.withUnsafeBytes { buffer in
      block.allSatisfy { entry in
        // Safe: as above.
        let word = unsafe buffer.loadUnaligned(
          fromByteOffset: entry * stride + place, as: UInt64.self)
        guard let number = Int(exactly: Double(bitPattern: word)) else { return false }
        return Double(number).bitPattern == word
      }
    }
  }

  /// The words of a column, one after the other.
  func words(_ column: PackedColumn) -> [UInt8] {
    var words: [UInt8] = []
    words.reserveCapacity(count * Int(column.width))
    for entry in 0..<count {
      let place = entry * stride + Int(column.place)
      words += bytes[place..<place + Int(column.width)]
    }
    return words
  }
}
