// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureFormat

/// Which chunks of a file belong to which table, and the tables read from them.
struct Directory {
  private let source: ByteSource
  private let fileSize: Int
  /// Of each table, by its number, its chunks in the order of the file.
  private(set) var chunks: [[Int]]

  /// Reads the directory of `count` chunks, the first included.
  ///
  /// A number that is no table's leaves its chunk unused.
  init(_ source: ByteSource, chunks count: Int) {
    self.source = source
    fileSize = source.size
    chunks = Array(repeating: [], count: CaptureTable.last + 1)
    let entries = max(0, min(count, CaptureFormat.mostChunks) - 1)
    let numbers = unsafe Self.array(UInt32.self, entries, zero: 0) { buffer in
      unsafe source.read(at: CaptureFormat.directoryOffset, into: buffer)
    }
    for (index, number) in numbers.enumerated() where number != 0 && Int(number) < chunks.count {
      chunks[Int(number)].append(index + 1)
    }
  }

  /// The entries of a table, at most `count`; fewer where the file does not have them.
  func entries<Entry: BitwiseCopyable>(
    _ table: CaptureTable, _ type: Entry.Type, count: Int, zero: Entry
  ) -> [Entry] {
    let stride = MemoryLayout<Entry>.stride
    let places = chunks[table.rawValue]
    let number = max(0, min(count, bytesThere(of: places) / stride))
    return unsafe Self.array(type, number, zero: zero) { buffer in
      var filled = 0
      for chunk in places {
        let length = min(CaptureFormat.chunkSize, buffer.count - filled)
        if length <= 0 { break }
        // Safe: from `filled` on there are at least `length` bytes.
        let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + length])
        unsafe source.read(at: chunk * CaptureFormat.chunkSize, into: part)
        filled += length
      }
    }
  }

  /// Bytes of a table up to the last one that the file has.
  private func bytesThere(of places: [Int]) -> Int {
    for (index, chunk) in places.enumerated().reversed() {
      let there = min(CaptureFormat.chunkSize, fileSize - chunk * CaptureFormat.chunkSize)
      if there > 0 { return index * CaptureFormat.chunkSize + there }
    }
    return 0
  }

  /// An array of which `fill` writes the bytes.
  static func array<Entry: BitwiseCopyable>(
    _ type: Entry.Type, _ count: Int, zero: Entry,
    fill: (UnsafeMutableRawBufferPointer) -> Void
  ) -> [Entry] {
    if count <= 0 { return [] }
    return unsafe [Entry](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Safe: `fill` writes every byte of the `count` entries, and any bits are an entry.
      unsafe fill(
        UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[
            ..<(count * MemoryLayout<Entry>.stride)]))
      initialized = count
    }
  }
}
