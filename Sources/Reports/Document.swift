// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What a file of figures holds: one of the kinds that docs/format.md describes.
enum Document: Equatable {
  case lines(LineProfile)
  case comparison(Comparison)
  case tests(TestRun)

  /// The version of the form that is read here.
  static let schema = 2

  /// Reads a document.
  ///
  /// Never traps: whatever is wrong with the bytes is a `ReportFailure`.
  init(json bytes: [UInt8]) throws(ReportFailure) {
    let data = Data(mended(bytes))
    let head = try Self.decode(Head.self, from: data)
    guard head.schema == Self.schema else { throw .otherSchema(head.schema) }
    switch head.kind {
    case "lines": self = .lines(try Self.decode(LineProfile.self, from: data))
    case "comparison": self = .comparison(try Self.decode(Comparison.self, from: data))
    case "tests": self = .tests(try Self.decode(TestRun.self, from: data))
    case let other: throw .unknownKind(other ?? "none")
    }
  }

  /// What all documents begin with.
  ///
  /// The kind is missing from those before schema 2.
  private struct Head: Decodable {
    var schema: Int
    var kind: String?
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, from data: Data
  ) throws(ReportFailure) -> Value {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let DecodingError.keyNotFound(key, context) {
      throw .malformed("'\(path(context.codingPath + [key]))' is missing")
    } catch let DecodingError.typeMismatch(_, context) where !context.codingPath.isEmpty {
      throw .malformed("'\(path(context.codingPath))' is of the wrong type")
    } catch let DecodingError.valueNotFound(_, context) where !context.codingPath.isEmpty {
      throw .malformed("'\(path(context.codingPath))' is null")
    } catch let DecodingError.dataCorrupted(context) where !context.codingPath.isEmpty {
      throw .malformed("'\(path(context.codingPath))' is out of range")
    } catch DecodingError.dataCorrupted {
      throw .malformed("it cannot be read as JSON")
    } catch {
      throw .malformed("it is not a JSON object")
    }
  }

  /// Where in the document, as in `functions[0].lines[3].usage`.
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce(into: "") { text, key in
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += (text.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }
}

/// JSON that the decoder accepts.
///
/// A path that is no UTF-8, and a source with a lone surrogate, come from Python as escapes of half
/// a character (`\udcff`), which strict readers refuse: each becomes U+FFFD, so that one odd name
/// does not cost the report.
func mended(_ bytes: [UInt8]) -> [UInt8] {
  var text = Array(String(decoding: bytes, as: UTF8.self).utf8)
  let backslash = UInt8(ascii: "\\")
  var index = 0
  while index < text.count {
    guard text[index] == backslash else {
      index += 1
      continue
    }
    guard let unit = codeUnit(in: text, at: index), unit & 0xF800 == 0xD800 else {
      index += 2
      continue
    }
    if unit < 0xDC00, let next = codeUnit(in: text, at: index + 6), next & 0xFC00 == 0xDC00 {
      index += 12
    } else {
      text.replaceSubrange(index + 2..<index + 6, with: "fffd".utf8)
      index += 6
    }
  }
  return text
}

/// The four hexadecimal digits of the escape `\uXXXX` that begins at `index`, if one does.
private func codeUnit(in text: [UInt8], at index: Int) -> UInt16? {
  guard index + 6 <= text.count, text[index] == UInt8(ascii: "\\"),
    text[index + 1] == UInt8(ascii: "u")
  else { return nil }
  return UInt16(String(decoding: text[index + 2..<index + 6], as: UTF8.self), radix: 16)
}
