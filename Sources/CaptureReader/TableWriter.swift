// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Appends to the tables of a capture that nobody else writes to.
struct TableWriter {
  private let descriptor: Int32
  private var header: CaptureHeader
  private var directory: Directory

  init(descriptor: Int32, header: CaptureHeader) {
    self.descriptor = descriptor
    self.header = header
    directory = Directory(.file(descriptor: descriptor), chunks: Int(header.chunks))
  }

  /// Notes how the process ended, in the header that stands at `start`.
  static func write(
    _ exit: Sealing.Exit, to descriptor: Int32, at start: Int = 0
  ) throws(CaptureFailure) {
    let (kind, status) = exit.words
    // The status means nothing before the kind is there.
    try put(UInt32(bitPattern: status), \.exitStatus, to: descriptor, at: start)
    try put(UInt32(bitPattern: kind), \.exitKind, to: descriptor, at: start)
  }

  /// Appends the texts of lines; false, with nothing changed, if there is no room for them.
  mutating func append(_ lines: [SourceChoice.Line]) throws(CaptureFailure) -> Bool {
    var entries = [UInt8](repeating: 0, count: MemoryLayout<CaptureSource>.stride)
    let (texts, numbers) = Self.strings(lines.map(\.text), from: stringsEnd)
    for (line, number) in zip(lines, numbers) {
      for word in [line.file, number, line.line, 0] { entries += Self.bytes(word) }
    }
    let end = stringsEnd + texts.count
    guard try makeRoom([(.strings, end), (.sources, entries.count)]) else { return false }
    try write(texts, to: .strings, at: stringsEnd)
    try write(entries, to: .sources, at: 0)
    try count(.strings, UInt32(end / 4))
    try count(.sources, UInt32(lines.count + 1))
    return true
  }

  /// Appends texts; their numbers, or nil, with nothing changed, if there is no room for them.
  mutating func append(texts: [String]) throws(CaptureFailure) -> [UInt32]? {
    let (bytes, numbers) = Self.strings(texts, from: stringsEnd)
    let end = stringsEnd + bytes.count
    guard try makeRoom([(.strings, end)]) else { return nil }
    try write(bytes, to: .strings, at: stringsEnd)
    try count(.strings, UInt32(end / 4))
    return numbers
  }

  /// Where the table of strings goes on.
  private var stringsEnd: Int { max(1, Int(header.counts[CaptureTable.strings.rawValue])) * 4 }

  /// The bytes of texts in a table of strings that goes on at `start`, each once, and their numbers.
  private static func strings(
    _ texts: [String], from start: Int
  ) -> (bytes: [UInt8], numbers: [UInt32]) {
    var all: [UInt8] = []
    var known: [String: UInt32] = ["": 0]
    let numbers = texts.map { text in
      if let number = known[text] { return number }
      let number = UInt32(truncatingIfNeeded: start + all.count)
      known[text] = number
      all += bytes(UInt32(text.utf8.count)) + Array(text.utf8)
      while !all.count.isMultiple(of: 4) { all.append(0) }
      return number
    }
    return (all, numbers)
  }

  /// Gives tables the chunks to reach to these ends; false, with nothing changed, if there is no room.
  private mutating func makeRoom(
    _ ends: [(table: CaptureTable, end: Int)]
  ) throws(CaptureFailure) -> Bool {
    let size = CaptureFormat.chunkSize
    var new: [UInt32] = []
    for (table, end) in ends {
      let there = directory.chunks[table.rawValue].count
      // A damaged header may say that texts go on where there is no chunk.
      guard table != .strings || stringsEnd <= there * size, end <= Int(UInt32.max) else {
        return false
      }
      let missing = max(0, (end + size - 1) / size - there)
      new += Array(repeating: UInt32(table.rawValue), count: missing)
    }
    let chunks = Int(header.chunks) + new.count
    let isWithinLimit = header.limit <= 0 || chunks * size <= header.limit
    guard chunks <= CaptureFormat.mostChunks, isWithinLimit else { return false }
    if new.isEmpty { return true }
    guard ftruncate(descriptor, chunks * size) == 0 else {
      throw .cannotWrite(SystemError.last())
    }
    let slot = CaptureFormat.directoryOffset + (Int(header.chunks) - 1) * 4
    try FileBytes.write(new.flatMap(Self.bytes), to: descriptor, at: slot)
    header.chunks = UInt32(chunks)
    try Self.put(header.chunks, \.chunks, to: descriptor)
    directory = Directory(.file(descriptor: descriptor), chunks: chunks)
    return true
  }

  private static func bytes(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }

  // MARK: - Writing

  /// Writes a field of the header that takes four bytes.
  private static func put<Field>(
    _ word: UInt32, _ field: KeyPath<CaptureHeader, Field>, to descriptor: Int32,
    at start: Int = 0
  ) throws(CaptureFailure) {
    guard let offset = MemoryLayout<CaptureHeader>.offset(of: field) else { return }
    try FileBytes.write(bytes(word), to: descriptor, at: start + offset)
  }

  /// Has the header name another command line.
  func put(command text: UInt32) throws(CaptureFailure) {
    try Self.put(text, \.command, to: descriptor)
  }

  /// Replaces an entry of a table.
  func put<Entry: BitwiseCopyable>(
    _ entry: Entry, in table: CaptureTable, at index: Int
  ) throws(CaptureFailure) {
    try write(Packing.raw(entry), to: table, at: index * MemoryLayout<Entry>.stride)
  }

  /// Says how many entries a table has.
  private mutating func count(_ table: CaptureTable, _ entries: UInt32) throws(CaptureFailure) {
    header.counts[table.rawValue] = entries
    let counts = MemoryLayout<CaptureHeader>.offset(of: \CaptureHeader.counts) ?? 0
    try FileBytes.write(
      Self.bytes(entries), to: descriptor, at: counts + table.rawValue * 4)
  }

  /// Writes into a table from `start` on.
  private func write(
    _ bytes: [UInt8], to table: CaptureTable, at start: Int
  ) throws(CaptureFailure) {
    let size = CaptureFormat.chunkSize
    let places = directory.chunks[table.rawValue]
    var written = 0
    while written < bytes.count {
      let place = start + written
      let length = min(size - place % size, bytes.count - written)
      let part = Array(bytes[written..<written + length])
      try FileBytes.write(part, to: descriptor, at: places[place / size] * size + place % size)
      written += length
    }
  }
}
