// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The small form of a capture, which it is given when its recording has ended: the header, what is said
// here of the packing, then each table cut into columns, of which only what nobody could foresee is
// written. No column has to be known to be packed: docs/format.md draws it.

/// Facts of the packed form.
package enum PackedForm {
  /// What `CaptureHeader.version` is in it.
  package static let version: UInt32 = 2
  /// How many times its own size a packed capture may unpack to.
  package static let mostGrowth = 256
  /// The most bytes of an entry.
  package static let longestEntry = 4096
  /// Where in the file the packing is described: behind the header.
  package static let start = MemoryLayout<CaptureHeader>.size
  /// Where what `checksum` is about begins.
  package static let bodyStart = start + MemoryLayout<PackingHeader>.size
  /// Slots in which a column remembers what it held, as a power of two.
  package static let slotBits = 12
}

/// How the words of a column are numbers.
package enum PackedKind: UInt8, Sendable {
  /// An integer, of four bytes without a sign.
  case integer = 0
  /// A `Double` that is an integer.
  case real = 1
}

/// What a column's number is foreseen to be; what it is more is written.
package enum PackedPrediction: UInt8, Sendable {
  case zero = 0
  /// The number of the entry before, which in the first is 0.
  case before = 1
  /// The entry's index.
  case index = 2
  /// The number of column `key` in the same entry.
  case column = 3
  /// What this column held when column `key` last held a number of the same slot; 0 if that was never.
  case alike = 4
  /// Nothing is foreseen: the words stand as they are.
  case stored = 5
}

/// What stands behind the header of a packed capture.
package struct PackingHeader: BitwiseCopyable, Sendable {
  /// Bytes of the capture, from the header's first on.
  package var length: UInt64 = 0
  /// Of all that follows.
  package var checksum: UInt64 = 0
  /// How many tables, and how many columns of all of them.
  package var tables: UInt32 = 0
  package var columns: UInt32 = 0

  package init() {}
}

/// A table of a packed capture.
package struct PackedTable: BitwiseCopyable, Sendable {
  /// As in `CaptureTable`.
  package var number: UInt32 = 0
  /// Bytes of an entry.
  package var stride: UInt32 = 0
  package var entries: UInt32 = 0
  package var columns: UInt32 = 0

  package init() {}
}

/// A column of a table: the same word of all entries.
package struct PackedColumn: BitwiseCopyable, Equatable, Sendable {
  /// The word's first byte in the entry, and its bytes: 4 or 8.
  package var place: UInt32 = 0
  package var width: UInt8 = 8
  /// A `PackedKind` and a `PackedPrediction`.
  package var kind: UInt8 = 0
  package var prediction: UInt8 = 0
  /// A column that comes before this one in the table.
  package var key: UInt8 = 0
  /// How many bytes what is written takes.
  package var bytes: UInt32 = 0

  package init() {}
}
