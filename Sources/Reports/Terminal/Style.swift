// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What the place that a report is shown in can do.
package struct Style: Equatable, Sendable {
  /// How many columns of characters a row may take; nil where rows may be of any length.
  package var width: Int?
  /// Whether colours are wanted.
  package var color: Bool
  /// Whether bars are wanted.
  package var bars: Bool
  /// Whether more than ASCII can be shown.
  ///
  /// The program's own text is passed on in any case.
  package var unicode: Bool
  /// Decimals of sizes in MiB; nil for the unit that suits each size.
  package var precision: Int?

  package init(
    width: Int? = nil, color: Bool = false, bars: Bool = false, unicode: Bool = true,
    precision: Int? = nil
  ) {
    self.width = width
    self.color = color
    self.bars = bars && unicode
    self.unicode = unicode
    self.precision = precision
  }

  var ellipsis: String { unicode ? "…" : "..." }
  var rule: String { unicode ? "─" : "-" }
  var micro: String { unicode ? "µ" : "u" }
  var times: String { unicode ? "×" : "x" }
  var about: String { unicode ? "≈" : "~" }
  var plusMinus: String { unicode ? "±" : "+-" }
  var arrow: String { unicode ? "→" : "->" }
  var dash: String { unicode ? "–" : "-" }

  /// A row of a screen on which the eye rests, where colours are wanted.
  func selected(_ row: String) -> String {
    color ? "\u{1B}[7m\(row.padded(to: width ?? 0))\u{1B}[0m" : row
  }
}

/// How loud a piece of text is.
enum Tone: String, Equatable {
  case plain = ""
  /// What the eye need not stop at: zeros, lines that did not run.
  case quiet = "2"
  case bold = "1"
  /// What costs most.
  case hot = "1;31"
  /// What costs a good part of it.
  case warm = "33"
  /// Memory given back; the best of the alternatives.
  case good = "32"

  /// The text in this tone, where colours are wanted.
  func paint(_ text: String, in style: Style) -> String {
    guard style.color, self != .plain, !text.isEmpty else { return text }
    return "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
  }
}
