// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A picture of dots, made of characters: two by four dots in a cell of Braille, one by two in ASCII.
///
/// A dot is at `(0, 0)` in the lower left corner. A cell has one ink, that of its last dot.
struct DotCanvas {
  let columns: Int
  let rows: Int
  let isUnicode: Bool
  private var dots: [UInt8]
  private var inks: [Int]
  /// Characters that stand in place of the dots of a cell.
  private var signs: [Int: String] = [:]

  init(columns: Int, rows: Int, isUnicode: Bool) {
    self.columns = columns
    self.rows = rows
    self.isUnicode = isUnicode
    dots = [UInt8](repeating: 0, count: columns * rows)
    inks = [Int](repeating: 0, count: columns * rows)
  }

  /// How many dots there are from left to right, and from bottom to top.
  var width: Int { columns * (isUnicode ? 2 : 1) }
  var height: Int { rows * (isUnicode ? 4 : 2) }

  /// Sets a dot; one that is outside is nobody's to see.
  mutating func set(_ x: Int, _ y: Int, ink: Int) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    let cell = cell(x, y)
    dots[cell] |= isUnicode ? Self.braille(x % 2, y % 4) : 1 << UInt8(y % 2)
    inks[cell] = ink
  }

  /// Sets the dots of a column between two heights, both included.
  mutating func setColumn(_ x: Int, from low: Int, through high: Int, ink: Int) {
    let (bottom, top) = (max(0, min(low, high)), min(max(low, high), height - 1))
    // All of it may lie above the picture, or below.
    guard bottom <= top else { return }
    for y in bottom...top {
      set(x, y, ink: ink)
    }
  }

  /// Puts a character over the cell of a dot.
  mutating func put(_ sign: String, at x: Int, _ y: Int, ink: Int) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    let cell = cell(x, y)
    signs[cell] = sign
    inks[cell] = ink
  }

  private func cell(_ x: Int, _ y: Int) -> Int {
    (rows - 1 - y / (isUnicode ? 4 : 2)) * columns + x / (isUnicode ? 2 : 1)
  }

  /// A row of cells, the topmost first, each with its ink; nil for an empty one.
  func cells(ofRow row: Int) -> [(text: String, ink: Int?)] {
    (0..<columns).map { column in
      let cell = row * columns + column
      if let sign = signs[cell] { return (sign, inks[cell]) }
      // Braille too, because where a font lacks it, another's is as wide as it likes.
      guard dots[cell] != 0 else { return (isUnicode ? "\u{2800}" : " ", nil) }
      guard isUnicode else { return ([".", "'", ":"][Int(dots[cell]) - 1], inks[cell]) }
      let scalar = Unicode.Scalar(0x2800 + UInt32(dots[cell])) ?? " "
      return (String(Character(scalar)), inks[cell])
    }
  }

  /// The bit of a dot in a Braille pattern, whose dots 1–3 and 7 stand left, 4–6 and 8 right.
  private static func braille(_ x: Int, _ y: Int) -> UInt8 {
    let left: [UInt8] = [0x40, 0x04, 0x02, 0x01]
    let right: [UInt8] = [0x80, 0x20, 0x10, 0x08]
    return x == 0 ? left[y] : right[y]
  }
}
