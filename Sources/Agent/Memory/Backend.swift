// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What a session measures.
///
/// The numbers are those of the C interface.
struct Backend: BitwiseCopyable, Equatable {
  let number: UInt8

  /// Resident set size.
  static let rss = Backend(number: 0)
  /// Proportional set size: a shared page counts by its share.
  static let pss = Backend(number: 1)
  /// Unique set size: the pages nobody else maps.
  static let uss = Backend(number: 2)
  /// What Python's tracemalloc has traced.
  static let traced = Backend(number: 3)
  /// What the thread has allocated, by the ledger.
  static let heap = Backend(number: 4)
}

/// A set of backends.
struct Backends: BitwiseCopyable {
  private(set) var bits: UInt8 = 0

  @inline(__always)
  mutating func insert(_ backend: Backend) { bits |= 1 &<< backend.number }

  /// None of them is dear to read: the resident set is read as seldom as is exact, and the ledger is
  /// counted anyway.
  @inline(__always)
  var onlyCheap: Bool { bits & 0b1110 == 0 }
  @inline(__always)
  var rollup: Bool { bits & 0b0110 != 0 }
  @inline(__always)
  var traced: Bool { bits & 0b1000 != 0 }
  @inline(__always)
  var heap: Bool { bits & 0b10000 != 0 }
}
