// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// An order of the places of a capture: by file, line, function, what is no line last.
///
/// Two numbers, so that a million places are sorted without a look at their texts.
struct PlaceOrder: Comparable {
  private let first: UInt64
  private let second: UInt32

  /// A line; its file and its function by where they stand among all.
  init(file: UInt32, line: UInt32, function: UInt32) {
    first = UInt64(file) << 32 | UInt64(line)
    second = function
  }

  /// Of a line, where its file and its function stand among all.
  var file: UInt32 { UInt32(truncatingIfNeeded: first >> 32) }
  var function: UInt32 { second }

  /// What is no line.
  init(_ place: Place) {
    let (kind, index): (UInt64, Int) =
      switch place {
      case .line: (0, 0)
      case .member(let index): (1, index)
      case .thread(let index): (2, index)
      case .outside: (3, 0)
      case .hidden: (4, 0)
      case .unknown: (5, 0)
      case .process: (6, 0)
      }
    // There are fewer files than bits before these.
    first = 1 << 63 | kind
    second = UInt32(truncatingIfNeeded: index)
  }

  static func < (one: PlaceOrder, other: PlaceOrder) -> Bool {
    (one.first, one.second) < (other.first, other.second)
  }
}
