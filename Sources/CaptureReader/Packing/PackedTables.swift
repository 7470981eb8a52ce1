// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The tables of a packed capture, each of which is unpacked when it is asked for.
///
/// What a file says of its sizes is checked before there is memory for it: all tables together have to
/// fit into the chunks of a capture, and be no more than so many times the file (`mostGrowth`).
struct PackedTables {
  private struct Table {
    var stride: Int
    var entries: Int
    var columns: [(column: PackedColumn, start: Int)]
  }

  private let bytes: [UInt8]
  private var tables: [Int: Table] = [:]

  init(_ source: ByteSource) throws(CaptureFailure) {
    let packing = source.load(PackingHeader.self, at: PackedForm.start, from: PackingHeader())
    let size = source.size
    guard size >= PackedForm.bodyStart else { throw .cutOff(bytes: size) }
    guard packing.length <= UInt64(size) else {
      throw .incomplete(bytes: size, of: Int(clamping: packing.length))
    }
    guard packing.length == UInt64(size) else { throw .damaged("it goes on behind its end") }
    guard size <= CaptureFormat.mostChunks * CaptureFormat.chunkSize else {
      throw .damaged("it is larger than a capture can be")
    }
    bytes = source.contents(size)
    guard Packing.checksum(bytes[PackedForm.bodyStart...]) == packing.checksum else {
      throw .damaged("its bytes are not those that were written")
    }
    try readTables(packing)
    try checkSizes()
  }

  // MARK: - What the file says of itself

  private mutating func readTables(_ packing: PackingHeader) throws(CaptureFailure) {
    let columnsStart =
      PackedForm.bodyStart + Int(packing.tables) * MemoryLayout<PackedTable>.stride
    var place = columnsStart + Int(packing.columns) * MemoryLayout<PackedColumn>.stride
    guard place <= bytes.count else { throw .damaged("its tables go on behind its end") }
    let source = ByteSource.memory(bytes)
    var next = 0
    for index in 0..<Int(packing.tables) {
      let table = source.load(
        PackedTable.self,
        at: PackedForm.bodyStart + index * MemoryLayout<PackedTable>.stride, from: PackedTable())
      guard table.columns <= packing.columns - UInt32(next) else {
        throw .damaged("its tables have more columns than there are")
      }
      var columns: [(column: PackedColumn, start: Int)] = []
      for _ in 0..<table.columns {
        let column = source.load(
          PackedColumn.self, at: columnsStart + next * MemoryLayout<PackedColumn>.stride,
          from: PackedColumn())
        columns.append((column, place))
        next += 1
        guard Int(column.bytes) <= bytes.count - place else {
          throw .damaged("a column goes on behind its end")
        }
        place += Int(column.bytes)
      }
      guard tables[Int(table.number)] == nil, Self.isSound(table, columns.map(\.column)) else {
        throw .damaged("its table \(table.number) is none")
      }
      tables[Int(table.number)] = Table(
        stride: Int(table.stride), entries: Int(table.entries), columns: columns)
    }
  }

  /// Whether the columns are words of the entries, one after the other, that can be read.
  private static func isSound(_ table: PackedTable, _ columns: [PackedColumn]) -> Bool {
    guard table.stride >= 4, table.stride <= PackedForm.longestEntry else { return false }
    if let known = CaptureTable(rawValue: Int(table.number)), known.stride != table.stride {
      return false
    }
    var end: UInt32 = 0
    return columns.enumerated().allSatisfy { index, column in
      guard column.width == 4 || column.width == 8, column.place >= end,
        column.place < table.stride
      else { return false }
      end = column.place + UInt32(column.width)
      return end <= table.stride && PackedPrediction(rawValue: column.prediction) != nil
        && PackedKind(rawValue: column.kind) != nil && (!column.isReal || column.width == 8)
        && (!column.hasKey || Int(column.key) < index)
    }
  }

  private func checkSizes() throws(CaptureFailure) {
    var all = 0
    var chunks = 1
    for table in tables.values {
      // A stride has 13 bits, and a number of entries 32.
      let size = table.stride * table.entries
      all += size
      chunks += (size + CaptureFormat.chunkSize - 1) / CaptureFormat.chunkSize
      guard chunks <= CaptureFormat.mostChunks, all <= bytes.count * PackedForm.mostGrowth else {
        throw .damaged("it would unpack to more than a capture can hold")
      }
    }
  }

  // MARK: - Unpacking

  /// The entries of a table, at most `count`.
  func entries<Entry: BitwiseCopyable>(
    _ table: CaptureTable, _ type: Entry.Type, count: Int, zero: Entry
  ) throws(CaptureFailure) -> [Entry] {
    guard let packed = tables[table.rawValue] else { return [] }
    let size = MemoryLayout<Entry>.stride
    let number = min(count, packed.stride * packed.entries / size)
    var isRead = true
    let entries = unsafe Directory.array(type, number, zero: zero) { buffer in
      isRead = unsafe unpack(packed, into: buffer)
    }
    if !isRead { throw .damaged("its table \(table.rawValue) does not unpack") }
    return entries
  }

  /// Fills the buffer with as many entries as it holds; false where they are not there.
  private func unpack(_ table: Table, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
    let count = buffer.count / table.stride
    let length = TablePacker.blockLength
    var readers = table.columns.map {
      ColumnReader($0.column, at: $0.start, entries: table.entries)
    }
    var numbers = table.columns.map { _ in [Int](repeating: 0, count: length) }
    var start = 0
    while start < count {
      let block = start..<min(start + length, count)
      for (index, (column, _)) in table.columns.enumerated() {
        let keys = column.hasKey ? numbers[Int(column.key)] : []
        guard readers[index].read(bytes, block, keys: keys, into: &numbers[index]) else {
          return false
        }
        unsafe Self.put(numbers[index], column, block, table.stride, into: buffer)
      }
      start = block.upperBound
    }
    return true
  }

  private static func put(
    _ numbers: [Int], _ column: PackedColumn, _ block: Range<Int>, _ stride: Int,
    into buffer: UnsafeMutableRawBufferPointer
  ) {
    let isNarrow = column.width == 4
    let isReal = column.isReal
    var place = block.lowerBound * stride + Int(column.place)
    for index in 0..<block.count {
      let word = Word.word(numbers[index], isReal: isReal)
      // Safe: a column is a word within an entry, and the buffer has all entries of the block.
      if isNarrow {
        unsafe buffer.storeBytes(
          of: UInt32(truncatingIfNeeded: word), toByteOffset: place, as: UInt32.self)
      } else {
        unsafe buffer.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
      }
      place += stride
    }
  }
}
