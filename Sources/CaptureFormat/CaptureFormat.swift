// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What a capture looks like: the one thing that the agent, which writes it, and the reader share. Pure
// Swift, compiled in Embedded mode with the one and in ordinary mode with the other. docs/format.md
// draws it; a test holds the drawing against these types.
//
// A capture is a file of chunks of equal size. The first holds the header and the directory; every
// other belongs to one table, and the directory says to which. A table is the run of its chunks in the
// order of the file. So tables grow as they need, one chunk at a time, while the file stays dense; the
// agent maps each chunk where its table goes on, and finds a table's entries side by side.
//
// Numbers are little-endian. Bytes are bytes; moments are nanoseconds of the monotonic clock since the
// recording began. An index of 0 means none: the first entry of every table but the strings, the
// moments and the timeline is left blank.

/// Facts of the format that are not in a table.
package enum CaptureFormat {
  /// "PEAKLINE" as the first eight bytes.
  package static let magic: UInt64 = 0x454E_494C_4B41_4550
  /// Raised by a change that breaks readers; 2 is the packed form (`PackedForm`).
  package static let version: UInt32 = 1
  /// Bytes of a chunk.
  package static let chunkSize = 1 << 16
  /// Where in the first chunk the directory stands: one `UInt32`, a table's number, for each chunk
  /// after the first.
  package static let directoryOffset = 4096
  /// The most chunks that the directory has room for, the first included.
  package static let mostChunks = 1 + (chunkSize - directoryOffset) / 4
}

/// The tables of a capture, by their numbers in the directory.
package enum CaptureTable: Int, Sendable {
  /// The highest number of a table.
  package static let last = 9

  /// Texts, one after the other: a `UInt32` with the length in bytes, the bytes of UTF-8, and zeros up
  /// to a multiple of four.
  ///
  /// A text's number is the byte at which its length stands in the table; number 0 is the empty text.
  /// The header counts the table's words of four bytes.
  case strings = 1
  /// `CaptureFunction`.
  case functions = 2
  /// `CaptureStack`.
  case stacks = 3
  /// `CaptureCounters`.
  case counters = 4
  /// `CaptureThread`.
  case threads = 5
  /// `CaptureMoment`, in no particular order.
  case moments = 6
  /// `CaptureChange`, in no particular order.
  case timeline = 7
  /// `CaptureSource`: written when the recording has ended.
  case sources = 8
  /// `CaptureMark`, in no particular order.
  case marks = 9

  /// Bytes of an entry; strings are counted in fours.
  package var stride: Int {
    switch self {
    case .strings: 4
    case .functions: MemoryLayout<CaptureFunction>.stride
    case .stacks: MemoryLayout<CaptureStack>.stride
    case .counters: MemoryLayout<CaptureCounters>.stride
    case .threads: MemoryLayout<CaptureThread>.stride
    case .moments: MemoryLayout<CaptureMoment>.stride
    case .timeline: MemoryLayout<CaptureChange>.stride
    case .sources: MemoryLayout<CaptureSource>.stride
    case .marks: MemoryLayout<CaptureMark>.stride
    }
  }
}
