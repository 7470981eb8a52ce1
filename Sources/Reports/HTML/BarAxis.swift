// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Where the bars of lines stand: what was added to the right of an axis, what was given back to its
/// left, both on one scale.
struct BarAxis: Equatable {
  /// The most that a line gave back, and the most that one added or needed meanwhile.
  private(set) var below: UInt = 0
  private(set) var above: UInt = 0
  /// The room for all of it, in ems.
  var width: Double

  init<Lines: Sequence>(_ lines: Lines, columns: [Column], width: Double)
  where Lines.Element == LineProfile.Line {
    self.width = width
    for line in lines where line.ran {
      for size in columns.filter(LineCells.hasBar).compactMap({ $0.size(of: line) }) {
        if size < 0 {
          below = max(below, size.magnitude)
        } else {
          above = max(above, size.magnitude)
        }
      }
    }
  }

  /// How far the axis is from the left, in ems.
  var position: Double { length(of: below) }

  /// How long a bar of so many bytes is, in ems.
  func length(of bytes: UInt) -> Double {
    let whole = Double(below) + Double(above)
    return whole > 0 ? min(1, Double(bytes) / whole) * width : 0
  }
}

extension Markup {
  /// A length in ems, to a hundredth.
  static func ems(_ length: Double) -> String {
    Digits.decimal(UInt((max(0, length) * 100).rounded()), over: 100, decimals: 2) + "em"
  }
}
