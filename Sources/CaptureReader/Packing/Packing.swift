// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Makes the packed form of captures.
package enum Packing {
  /// The packed form of a capture; nil where there is none that is smaller and holds the same.
  ///
  /// A capture that is cut short or damaged is not packed: it stays what it is.
  package static func packed(_ capture: [UInt8]) -> [UInt8]? { packed(.memory(capture)) }

  static func packed(_ source: ByteSource) -> [UInt8]? {
    guard let header = try? CaptureHeader(checking: source), !header.isPacked,
      let tables = WholeTables(source), let file = packed(tables)
    else { return nil }
    return file.count < source.size ? file : nil
  }

  /// The packed form of tables; nil where they could not be read from it.
  static func packed(_ whole: WholeTables) -> [UInt8]? {
    var packing = PackingHeader()
    var tables: [UInt8] = []
    var columns: [UInt8] = []
    var streams: [UInt8] = []
    for (table, bytes) in whole.tables {
      let entries = Entries(bytes: bytes, stride: table.stride)
      guard let packed = TablePacker.pack(entries) else { return nil }
      var one = PackedTable()
      one.number = UInt32(table.rawValue)
      one.stride = UInt32(table.stride)
      one.entries = UInt32(entries.count)
      one.columns = UInt32(packed.count)
      packing.tables += 1
      packing.columns += one.columns
      tables += raw(one)
      for (column, bytes) in packed {
        columns += raw(column)
        streams += bytes
      }
    }
    var first = whole.header
    first.version = PackedForm.version
    var file = raw(first) + raw(packing) + tables + columns + streams
    complete(&file)
    return (try? PackedTables(.memory(file))) != nil ? file : nil
  }

  /// The sum that a packed capture has of what follows it: FNV-1a over words of eight bytes, the last
  /// filled up with zeros.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    unsafe bytes.withUnsafeBytes { buffer in
      var sum: UInt64 = 0xCBF2_9CE4_8422_2325
      var place = 0
      while place < buffer.count {
        var word: UInt64 = 0
        if place + 8 <= buffer.count {
          // Safe: eight bytes from here on are in the buffer.
          word = unsafe buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        } else {
          for index in place..<buffer.count {
            word |= UInt64(unsafe buffer[index]) << UInt64(8 * (index - place))
          }
        }
        sum = (sum ^ word) &* 0x100_0000_01B3
        place += 8
      }
      return sum
    }
  }

  /// Puts in how long a packed capture is, and its sum.
  package static func complete(_ file: inout [UInt8]) {
    guard file.count >= PackedForm.bodyStart else { return }
    let sum = raw(UInt64(file.count)) + raw(checksum(file[PackedForm.bodyStart...]))
    file.replaceSubrange(PackedForm.start..<PackedForm.start + sum.count, with: sum)
  }

  static func raw<Value: BitwiseCopyable>(_ value: Value) -> [UInt8] {
    unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
  }
}
