// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Packs a table: cuts its entries into columns, and foresees each as suits it best.
///
/// What suits is found out from some entries in the middle of the table, so that nothing has to be
/// known of what the columns mean. What it costs: the time to try some hundreds of ways on those.
struct TablePacker {
  /// A column, its numbers in the entries that are tried, and how many bytes they take.
  private struct Choice {
    var column: PackedColumn
    var numbers: [Int]
    var cost: Int
  }

  /// Entries that are packed at once, so that they stay in the processor's cache.
  static let blockLength = 2048
  private static let sampleLength = 2048

  private let entries: Entries
  private let sample: Range<Int>
  private var choices: [Choice] = []

  /// The columns of a table, in the order of their places, and the bytes of each; nil where they are
  /// not read back as they were, which would be an error of ours.
  static func pack(_ entries: Entries) -> [(column: PackedColumn, bytes: [UInt8])]? {
    var packer = TablePacker(entries)
    packer.choose()
    let packed = packer.write()
    return packer.isReadBack(packed) ? packed : nil
  }

  private init(_ entries: Entries) {
    self.entries = entries
    let length = min(entries.count, Self.sampleLength)
    let start = (entries.count - length) / 2
    sample = start..<start + length
  }

  // MARK: - Choosing

  private mutating func choose() {
    var place = 0
    while place + 8 <= entries.stride {
      chooseWord(at: place)
      place += 8
    }
    if place < entries.stride { choices.append(best(at: place, width: 4)) }
  }

  /// A word of eight bytes is one column, or two of four bytes each.
  private mutating func chooseWord(at place: Int) {
    var whole = best(at: place, width: 8)
    if entries.areReal(at: place, in: sample) {
      let real = best(at: place, width: 8, kind: .real)
      if real.cost < whole.cost, entries.areReal(at: place, in: 0..<entries.count) { whole = real }
    }
    let low = best(at: place, width: 4)
    choices.append(low)
    let high = best(at: place + 4, width: 4)
    if low.cost + high.cost < whole.cost {
      choices.append(high)
    } else {
      choices[choices.count - 1] = whole
    }
  }

  private func best(at place: Int, width: UInt8, kind: PackedKind = .integer) -> Choice {
    var column = PackedColumn()
    column.place = UInt32(place)
    column.width = width
    column.kind = kind.rawValue
    var numbers = [Int](repeating: 0, count: sample.count)
    entries.read(column, sample, into: &numbers)
    var found = Choice(column: column, numbers: numbers, cost: .max)
    func attempt(_ prediction: PackedPrediction, key: Int = 0, keys: [Int] = []) {
      column.prediction = prediction.rawValue
      column.key = UInt8(key)
      var writer = ColumnWriter(column)
      writer.write(numbers, sample, keys: keys)
      writer.finish()
      if writer.bytes.count < found.cost {
        found.column = column
        found.cost = writer.bytes.count
      }
    }
    attempt(.zero)
    attempt(.before)
    attempt(.index)
    for (key, choice) in choices.enumerated() where found.cost > 8 && key <= UInt8.max {
      attempt(.column, key: key, keys: choice.numbers)
      attempt(.alike, key: key, keys: choice.numbers)
    }
    return found
  }

  // MARK: - Writing

  private func write() -> [(column: PackedColumn, bytes: [UInt8])] {
    var writers = choices.map { ColumnWriter($0.column) }
    var numbers = choices.map { _ in [Int](repeating: 0, count: Self.blockLength) }
    var start = 0
    while start < entries.count {
      let block = start..<min(start + Self.blockLength, entries.count)
      for (index, choice) in choices.enumerated() {
        entries.read(choice.column, block, into: &numbers[index])
        let keys = choice.column.hasKey ? numbers[Int(choice.column.key)] : []
        writers[index].write(numbers[index], block, keys: keys)
      }
      start = block.upperBound
    }
    return writers.map { writer in
      var writer = writer
      writer.finish()
      var column = writer.column
      var bytes = writer.bytes
      if !writer.isWhole || bytes.count >= entries.count * Int(column.width) {
        column.prediction = PackedPrediction.stored.rawValue
        column.key = 0
        bytes = entries.words(column)
      }
      column.bytes = UInt32(bytes.count)
      return (column, bytes)
    }
  }

  private func isReadBack(_ packed: [(column: PackedColumn, bytes: [UInt8])]) -> Bool {
    var readers = packed.map { ColumnReader($0.column, at: 0, entries: entries.count) }
    var numbers = packed.map { _ in [Int](repeating: 0, count: Self.blockLength) }
    var wanted = [Int](repeating: 0, count: Self.blockLength)
    var start = 0
    while start < entries.count {
      let block = start..<min(start + Self.blockLength, entries.count)
      for (index, (column, bytes)) in packed.enumerated() {
        let keys = column.hasKey ? numbers[Int(column.key)] : []
        entries.read(column, block, into: &wanted)
        guard readers[index].read(bytes, block, keys: keys, into: &numbers[index]),
          numbers[index][..<block.count] == wanted[..<block.count]
        else { return false }
      }
      start = block.upperBound
    }
    return true
  }
}
