// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A bar in a cell of a table.
///
/// Growth is drawn in solid eighths of a cell. What was given back is shaded, so that the two differ
/// without colour too.
enum Bar {
  private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

  /// The bar of `amount`, as long as `cells` if it is `scale`; too small to be seen is empty.
  static func text(_ amount: Int, of scale: UInt, cells: Int) -> String {
    guard scale > 0, cells > 0 else { return "" }
    let share = min(1, Double(amount.magnitude) / Double(scale))
    if amount < 0 {
      return String(repeating: "▒", count: Int((share * Double(cells)).rounded()))
    }
    let length = Int((share * Double(cells * 8)).rounded())
    return String(repeating: "█", count: length / 8) + eighths[length % 8]
  }
}
