// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

@testable import Reports

/// Documents of JSON, as a decoder reads them.
@Suite struct JSONWriterTests {
  private final class Pieces {
    var all: [[UInt8]] = []
  }

  /// The pieces of a document.
  private func pieces(_ fill: (inout JSONWriter) -> Void) -> [[UInt8]] {
    let pieces = Pieces()
    JSONWriter.document(to: { pieces.all.append($0) }, fill)
    return pieces.all
  }

  private func text(_ fill: (inout JSONWriter) -> Void) -> String {
    String(decoding: pieces(fill).joined(), as: UTF8.self)
  }

  @Test func `whatever stands in a text is read again`() throws {
    let scalars = (0..<0x500).compactMap(Unicode.Scalar.init)
    for whole in scalars.map({ "a\($0)" }) + ["", "\r\n", "名前\"", "e\u{301}\\", "🙂\u{0}"] {
      let written = text { $0.put("key", whole) }
      let read = try JSONDecoder().decode([String: String].self, from: Data(written.utf8))
      #expect(read["key"].map { Array($0.utf8) } == Array(whole.utf8))
      #expect(written.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
    }
  }

  @Test func `numbers are the shortest text that is the number`() {
    let numbers: [(Double?, String)] = [
      (0, "0.0"), (-0.0, "-0.0"), (650, "650.0"), (0.1, "0.1"), (-2.5, "-2.5"), (1e16, "1e+16"),
      (999_999_999_999_999, "999999999999999.0"), (.nan, "null"), (.infinity, "null"),
      (nil, "null"),
    ]
    for (number, shown) in numbers {
      #expect(text { $0.put("n", number) } == "{\n  \"n\": \(shown)\n}\n")
    }
    #expect(text { $0.put("n", Int.min) } == "{\n  \"n\": -9223372036854775808\n}\n")
  }

  @Test func `lists stand in rows, objects within them do not`() {
    let written = text { writer in
      writer.list("none", [Int]()) { _, _ in }
      writer.list("words", texts: ["a", "b"])
      writer.object("one") { $0.put("x", true) }
      writer.list("two", [1, 2]) { number, writer in
        writer.put("n", number)
        writer.list("below") { $0.object(again: JSONWriter.object { $0.put("m", 3) }) }
      }
    }
    #expect(
      written == """
        {
          "none": [],
          "words": ["a", "b"],
          "one": {"x": true},
          "two": [
            {"n": 1, "below": [
                {"m": 3}
              ]},
            {"n": 2, "below": [
                {"m": 3}
              ]}
          ]
        }

        """)
  }

  @Test func `a large document comes in pieces, none of which is kept`() throws {
    let pieces = pieces { writer in
      writer.list("lines", 0..<100_000) { number, writer in writer.put("line", number) }
    }
    #expect(pieces.count > 10)
    #expect(pieces.allSatisfy { $0.count < 70_000 })
    let read = try JSONDecoder().decode(
      [String: [[String: Int]]].self, from: Data(pieces.joined()))
    #expect(read["lines"]?.count == 100_000)
  }
}
