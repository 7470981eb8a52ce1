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
  func document() -> String { rendered(0) + "\n" }

  private func rendered(_ depth: Int) -> String {
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .whole(let number): return "\(number)"
    case .real(let number): return number.isFinite ? "\(number)" : "null"
    case .text(let text): return Self.quoted(text)
    case .list(let values):
      return Self.joined(values.map { $0.rendered(depth + 1) }, "[", "]", depth, isFlat: isFlat)
    case .object(let pairs):
      let rows = pairs.map { Self.quoted($0.0) + ": " + $0.1.rendered(depth + 1) }
      return Self.joined(rows, "{", "}", depth, isFlat: depth > 1 || isFlat)
    }
  }

  /// Whether there is no list or object in it.
  private var isFlat: Bool {
    switch self {
    case .list(let values): values.allSatisfy { !$0.isCompound }
    case .object(let pairs): pairs.allSatisfy { !$0.1.isCompound } && pairs.count < 12
    default: true
    }
  }

  private var isCompound: Bool {
    switch self {
    case .list, .object: true
    default: false
    }
  }

  private static func joined(
    _ rows: [String], _ open: String, _ close: String, _ depth: Int, isFlat: Bool
  ) -> String {
    if rows.isEmpty { return open + close }
    if isFlat, depth > 0 { return open + rows.joined(separator: ", ") + close }
    let indentation = String(repeating: "  ", count: depth)
    let inner = rows.map { indentation + "  " + $0 }.joined(separator: ",\n")
    return open + "\n" + inner + "\n" + indentation + close
  }

  /// A string: quotes, backslashes and controls escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
