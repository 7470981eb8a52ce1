// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The table of strings.
package struct Texts: Sendable {
  /// The longest text that is believed, in bytes; the agent writes none of more than 4,096.
  ///
  /// In a damaged file a text may seem to go on to the table's end, and be in the name of every line.
  static let longest = 1 << 13

  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Bytes of the table.
  var size: Int { bytes.count }

  /// The text of a number; empty for 0 and for what is no number of a text.
  ///
  /// What is not UTF-8 in it is U+FFFD.
  package subscript(number: UInt32) -> String { String(decoding: utf8(number), as: UTF8.self) }

  /// The bytes of a text.
  func utf8(_ number: UInt32) -> ArraySlice<UInt8> {
    let start = Int(number)
    guard number != 0, start.isMultiple(of: 4), start + 4 <= bytes.count else { return [] }
    let length = (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    let end = start + 4 + min(length, Self.longest)
    return bytes[start + 4..<min(end, bytes.count)]
  }
}
