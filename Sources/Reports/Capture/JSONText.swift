// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A value of JSON, its keys in the order in which they are given.
indirect enum JSONText {
  case null
  case bool(Bool)
  case whole(Int)
  case real(Double)
  case text(String)
  case list([JSONText])
  case object([(String, JSONText)])

  static func optional(_ text: String?) -> JSONText { text.map(JSONText.text) ?? .null }
  static func optional(_ number: Int?) -> JSONText { number.map(JSONText.whole) ?? .null }

  /// The document: one row for each element of the outer lists and objects.
  func document() -> String {
    var text = ""
    write(0, to: &text)
    return text + "\n"
  }

  private func write(_ depth: Int, to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .whole(let number): text += "\(number)"
    case .real(let number): text += number.isFinite ? "\(number)" : "null"
    case .text(let value): Self.quote(value, to: &text)
    case .list(let values):
      let breaks = Breaks(depth: depth, isFlat: depth > 0 && isFlat, isEmpty: values.isEmpty)
      text += "["
      for (index, value) in values.enumerated() {
        text += breaks.before(index)
        value.write(depth + 1, to: &text)
      }
      text += breaks.end + "]"
    case .object(let pairs):
      let isFlat = depth > 1 || (depth > 0 && isFlat)
      let breaks = Breaks(depth: depth, isFlat: isFlat, isEmpty: pairs.isEmpty)
      text += "{"
      for (index, pair) in pairs.enumerated() {
        text += breaks.before(index)
        Self.quote(pair.0, to: &text)
        text += ": "
        pair.1.write(depth + 1, to: &text)
      }
      text += breaks.end + "}"
    }
  }

  /// What stands between the elements of a list or an object.
  private struct Breaks {
    private let first: String
    private let next: String
    let end: String

    init(depth: Int, isFlat: Bool, isEmpty: Bool) {
      let indentation = String(repeating: "  ", count: depth)
      first = isFlat ? "" : "\n" + indentation + "  "
      next = isFlat ? ", " : ",\n" + indentation + "  "
      end = isFlat || isEmpty ? "" : "\n" + indentation
    }

    func before(_ index: Int) -> String { index == 0 ? first : next }
  }

  /// Whether there is no list or object in it.
  private var isFlat: Bool {
    switch self {
    case .list(let values): values.allSatisfy { !$0.isCompound }
    case .object(let pairs): pairs.count < 12 && pairs.allSatisfy { !$0.1.isCompound }
    default: true
    }
  }

  private var isCompound: Bool {
    switch self {
    case .list, .object: true
    default: false
    }
  }

  /// A string: quotes, backslashes and controls escaped.
  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F }) {
      text += value
    } else {
      for scalar in value.unicodeScalars { text.unicodeScalars += escaped(scalar).unicodeScalars }
    }
    text += "\""
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"", "\\": return "\\\(scalar)"
    case "\n": return "\\n"
    case "\t": return "\\t"
    case "\r": return "\\r"
    case _ where scalar.value < 0x20 || scalar.value == 0x7F:
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: return String(scalar)
    }
  }
}
