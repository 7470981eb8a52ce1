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
    let start = max(1, Int(header.counts[CaptureTable.strings.rawValue])) * 4
    let (texts, entries) = Self.tables(lines, start: start)
    let size = CaptureFormat.chunkSize
    let strings = CaptureTable.strings.rawValue
    let sources = CaptureTable.sources.rawValue
    // A damaged header may say that texts go on where there is no chunk.
    guard start <= directory.chunks[strings].count * size else { return false }
    var places = directory.chunks
    var new: [UInt32] = []
    for (table, end) in [(strings, start + texts.count), (sources, entries.count)] {
      while places[table].count * size < end {
        places[table].append(Int(header.chunks) + new.count)
        new.append(UInt32(table))
      }
    }
    let chunks = Int(header.chunks) + new.count
    let isWithinLimit = header.limit <= 0 || chunks * size <= header.limit
    guard chunks <= CaptureFormat.mostChunks, isWithinLimit,
      start + texts.count <= Int(UInt32.max)
    else { return false }
    guard ftruncate(descriptor, chunks * size) == 0 else {
      throw .cannotWrite(SystemError.last())
    }
    try write(texts, to: places[strings], at: start)
    try write(entries, to: places[sources], at: 0)
    let slot = CaptureFormat.directoryOffset + (Int(header.chunks) - 1) * 4
    try write(new.flatMap(Self.bytes), at: slot)
    header.chunks = UInt32(chunks)
    try Self.put(header.chunks, \.chunks, to: descriptor)
    let counts = MemoryLayout<CaptureHeader>.offset(of: \CaptureHeader.counts) ?? 0
    try write(Self.bytes(UInt32((start + texts.count) / 4)), at: counts + strings * 4)
    try write(Self.bytes(UInt32(lines.count + 1)), at: counts + sources * 4)
    return true
  }

  /// The bytes to be added to the strings, which go on at `start`, and the table of sources.
  private static func tables(
    _ lines: [SourceChoice.Line], start: Int
  ) -> (texts: [UInt8], entries: [UInt8]) {
    var texts: [UInt8] = []
    var entries = [UInt8](repeating: 0, count: MemoryLayout<CaptureSource>.stride)
    var numbers: [String: UInt32] = ["": 0]
    for line in lines {
      let number: UInt32
      if let known = numbers[line.text] {
        number = known
      } else {
        number = UInt32(truncatingIfNeeded: start + texts.count)
        numbers[line.text] = number
        texts += bytes(UInt32(line.text.utf8.count)) + Array(line.text.utf8)
        while !texts.count.isMultiple(of: 4) { texts.append(0) }
      }
      for word in [line.file, number, line.line, 0] { entries += bytes(word) }
    }
    return (texts, entries)
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

  /// Writes into a table from `start` on.
  private func write(
    _ bytes: [UInt8], to places: [Int], at start: Int
  ) throws(CaptureFailure) {
    let size = CaptureFormat.chunkSize
    var written = 0
    while written < bytes.count {
      let place = start + written
      let length = min(size - place % size, bytes.count - written)
      let part = Array(bytes[written..<written + length])
      try write(part, at: places[place / size] * size + place % size)
      written += length
    }
  }

  private func write(_ bytes: [UInt8], at offset: Int) throws(CaptureFailure) {
    try FileBytes.write(bytes, to: descriptor, at: offset)
  }
}
