// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The tables of a capture in either form.
enum Tables {
  case live(Directory)
  case packed(PackedTables)

  init(_ source: ByteSource, _ header: CaptureHeader) throws(CaptureFailure) {
    self =
      header.isPacked
      ? .packed(try PackedTables(source))
      : .live(Directory(source, chunks: Int(header.chunks)))
  }

  /// The entries of a table, at most `count`; fewer where the file does not have them.
  func entries<Entry: BitwiseCopyable>(
    _ table: CaptureTable, _ type: Entry.Type, count: Int, zero: Entry
  ) throws(CaptureFailure) -> [Entry] {
    switch self {
    case .live(let directory): directory.entries(table, type, count: count, zero: zero)
    case .packed(let tables): try tables.entries(table, type, count: count, zero: zero)
    }
  }
}
