// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Tables as a page has them: columns of numbers, one after the other, in a form that scripts read without
/// looking at each number.
struct PageColumns {
  /// A column: its name, how its numbers stand (`i32` or `f64`, little-endian), and how many.
  struct Column {
    var name: String
    var type: String
    var count: Int
  }

  private(set) var columns: [Column] = []
  private(set) var bytes: [UInt8] = []

  mutating func add(_ name: String, _ numbers: [Int32]) {
    add(name, type: "i32", numbers.map(\.littleEndian))
  }

  mutating func add(_ name: String, _ numbers: [Double]) {
    add(name, type: "f64", numbers.map(\.bitPattern.littleEndian))
  }

  private mutating func add<Number: BitwiseCopyable>(
    _ name: String, type: String, _ numbers: [Number]
  ) {
    columns.append(Column(name: name, type: type, count: numbers.count))
    unsafe numbers.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    // Each begins where a number of eight bytes may.
    bytes.append(contentsOf: repeatElement(0, count: -bytes.count & 7))
  }
}
