// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// How much room text takes in a terminal, and making it fit.
///
/// The unit is the cell. East Asian wide characters and emoji take two, combining marks none. What a
/// terminal would obey instead of show (escapes, other controls, marks that turn the direction of
/// writing) must never reach it from a program's source or a file's name.
package enum DisplayWidth {
  /// The cells that a text without controls takes.
  static func of(_ text: String) -> Int {
    // The common case: nothing but ASCII.
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + width(of: $1) }
  }

  /// The text, cut to at most `limit` cells; what is cut is marked.
  static func fit(_ text: String, to limit: Int, mark: String) -> String {
    guard of(text) > limit else { return text }
    let room = limit - of(mark)
    guard room >= 0 else { return String(repeating: ".", count: max(0, limit)) }
    var used = 0
    var kept = ""
    for character in text {
      let cells = width(of: character)
      guard used + cells <= room else { break }
      used += cells
      kept.append(character)
    }
    return kept + mark
  }

  /// The same, with the beginning cut: the end of a path says more.
  static func fitEnd(_ text: String, to limit: Int, mark: String) -> String {
    guard of(text) > limit else { return text }
    let room = limit - of(mark)
    var used = 0
    var kept: [Character] = []
    for character in text.reversed() {
      let cells = width(of: character)
      guard used + cells <= room else { break }
      used += cells
      kept.append(character)
    }
    return mark + String(kept.reversed())
  }

  /// Text from outside as it may be shown: tabs become spaces up to the next stop, controls U+FFFD.
  package static func shown(_ text: String, tab: Int = 8) -> String {
    if text.utf8.allSatisfy({ 0x20 <= $0 && $0 < 0x7F }) { return text }
    var result = ""
    var column = 0
    for character in text {
      if character == "\t" {
        let count = tab - column % tab
        result += String(repeating: " ", count: count)
        column += count
      } else if character == "\u{C}" {
        // A form feed, which sources use to part their pages.
        continue
      } else {
        let safe = character.unicodeScalars.contains(where: isControl) ? "\u{FFFD}" : character
        result.append(safe)
        column += width(of: safe)
      }
    }
    return result
  }

  /// The text in rows of at most `limit` cells, broken between words.
  static func wrap(_ text: String, to limit: Int?) -> [String] {
    guard let limit, of(text) > limit else { return [text] }
    var rows: [String] = []
    var row = ""
    for word in text.split(separator: " ") {
      if row.isEmpty {
        row = String(word)
      } else if of(row) + 1 + of(String(word)) <= limit {
        row += " " + word
      } else {
        rows.append(row)
        row = String(word)
      }
    }
    return rows + [row]
  }

  private static func width(of character: Character) -> Int {
    if character.isASCII { return 1 }
    // A cluster is never wider than two cells, however many scalars it is joined from.
    return min(2, character.unicodeScalars.reduce(0) { $0 + width(of: $1) })
  }

  private static func width(of scalar: Unicode.Scalar) -> Int {
    // This selector asks for the picture of a character that also is a letter: two cells.
    if scalar.value == 0xFE0F { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return isWide(scalar.value) ? 2 : 1
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// Unicode's East Asian wide and full-width characters, by the block; emoji are among them.
  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0, 0x23F3,
      0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F, 0x2693, 0x26A1, 0x26AA...0x26AB,
      0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE, 0x26D4, 0x26EA, 0x26F2...0x26F3, 0x26F5, 0x26FA,
      0x26FD, 0x2705, 0x270A...0x270B, 0x2728, 0x274C, 0x274E, 0x2753...0x2755, 0x2757,
      0x2795...0x2797, 0x27B0, 0x27BF, 0x2B1B...0x2B1C, 0x2B50, 0x2B55, 0x2E80...0x303E,
      0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1AFF0...0x1B2FF, 0x1F004, 0x1F0CF, 0x1F18E,
      0x1F191...0x1F19A, 0x1F200...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C,
      0x1F37E...0x1F393, 0x1F3A0...0x1F3CA, 0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0, 0x1F3F4,
      0x1F3F8...0x1F43E, 0x1F440, 0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F54B...0x1F54E,
      0x1F550...0x1F567, 0x1F57A, 0x1F595...0x1F596, 0x1F5A4, 0x1F5FB...0x1F64F,
      0x1F680...0x1F6C5, 0x1F6CC, 0x1F6D0...0x1F6D2, 0x1F6D5...0x1F6D7, 0x1F6DC...0x1F6DF,
      0x1F6EB...0x1F6EC, 0x1F6F4...0x1F6FC, 0x1F7E0...0x1F7EB, 0x1F7F0, 0x1F90C...0x1F93A,
      0x1F93C...0x1F945, 0x1F947...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
