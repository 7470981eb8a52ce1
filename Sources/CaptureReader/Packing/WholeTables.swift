// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A capture in memory as the bytes of its tables, to be packed, and to be added to before.
struct WholeTables {
  private(set) var header: CaptureHeader
  private(set) var tables: [(table: CaptureTable, bytes: [UInt8])] = []

  /// Nil for a capture that is cut short or damaged.
  init?(_ source: ByteSource) {
    guard let header = try? CaptureHeader(checking: source), !header.isFamily,
      header.isPacked || source.size >= Int(header.chunks) * CaptureFormat.chunkSize,
      let all = try? Tables(source, header)
    else { return nil }
    self.header = header
    for number in 1...CaptureTable.last {
      guard let table = CaptureTable(rawValue: number) else { continue }
      let size = Int(header.counts[number]) * table.stride
      // Of an entry that the file does not have whole, nothing would be left.
      guard let bytes = try? all.entries(table, UInt8.self, count: size, zero: 0),
        bytes.count == size
      else { return nil }
      if size > 0 { tables.append((table, bytes)) }
    }
  }

  /// Puts the texts of lines into a capture that has none.
  mutating func append(_ lines: [SourceText]) {
    var strings = bytes(.strings)
    if strings.isEmpty { strings = [0, 0, 0, 0] }
    var entries = [UInt8](repeating: 0, count: CaptureTable.sources.stride)
    var numbers: [String: UInt32] = ["": 0]
    func number(_ text: String) -> UInt32 {
      if let known = numbers[text] { return known }
      let number = UInt32(clamping: strings.count)
      numbers[text] = number
      strings += Self.bytes(UInt32(text.utf8.count)) + Array(text.utf8)
      while !strings.count.isMultiple(of: 4) { strings.append(0) }
      return number
    }
    for line in lines {
      let words = [number(line.file), number(line.text), line.line, 0]
      entries += words.flatMap(Self.bytes)
    }
    put(strings, .strings)
    put(entries, .sources)
  }

  /// Notes how the process ended.
  mutating func note(_ exit: Sealing.Exit) { (header.exitKind, header.exitStatus) = exit.words }

  private func bytes(_ table: CaptureTable) -> [UInt8] {
    tables.first { $0.table == table }?.bytes ?? []
  }

  private mutating func put(_ bytes: [UInt8], _ table: CaptureTable) {
    tables.removeAll { $0.table == table }
    let place = tables.firstIndex { $0.table.rawValue > table.rawValue } ?? tables.count
    tables.insert((table, bytes), at: place)
    header.counts[table.rawValue] = UInt32(clamping: bytes.count / table.stride)
  }

  private static func bytes(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }
}

/// The text of a line, to be put into a capture.
struct SourceText {
  var file: String
  var line: UInt32
  var text: String
}
