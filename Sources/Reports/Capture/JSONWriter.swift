// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Writes a document of JSON from its beginning to its end, keys in the order in which they come.
///
/// What is written is handed on in pieces, not kept: a document may be larger than what it is made of.
package struct JSONWriter {
  /// How the elements of a list or an object stand: in one row, or each in its own.
  package enum Layout {
    case row, rows
  }

  private var bytes: [UInt8] = []
  private let take: ([UInt8]) -> Void
  private var depth = 0
  private var layout = Layout.rows
  /// Whether the innermost list or object has nothing in it yet.
  private var isEmpty = true

  /// Bytes that are kept before they are handed on.
  private static let piece = 1 << 16

  private init(_ take: @escaping ([UInt8]) -> Void) { self.take = take }

  /// Writes one document, which is an object; `take` gets its pieces.
  package static func document(
    to take: @escaping ([UInt8]) -> Void, _ fill: (inout JSONWriter) -> Void
  ) {
    var writer = JSONWriter(take)
    writer.compound("{", "}", .rows, fill)
    writer.bytes.append(UInt8(ascii: "\n"))
    take(writer.bytes)
  }

  // MARK: - Lists and objects

  /// An object below a key.
  package mutating func object(
    _ key: String, _ layout: Layout = .row, _ fill: (inout JSONWriter) -> Void
  ) {
    start(key)
    compound("{", "}", layout, fill)
  }

  /// An object in a list.
  package mutating func object(_ fill: (inout JSONWriter) -> Void) {
    separate()
    compound("{", "}", .row, fill)
    handOn()
  }

  /// An object or a list in a list, that was written already.
  package mutating func object(again written: [UInt8]) {
    separate()
    bytes += written
    handOn()
  }

  /// The text of an object, for lists that it is in many times.
  static func object(_ fill: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter { _ in }
    writer.compound("{", "}", .row, fill)
    return writer.bytes
  }

  private mutating func handOn() {
    guard bytes.count >= Self.piece else { return }
    take(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// A list of an object for each element.
  package mutating func list<Elements: Sequence>(
    _ key: String, _ elements: Elements, _ fill: (Elements.Element, inout JSONWriter) -> Void
  ) {
    list(key) { writer in
      for element in elements { writer.object { fill(element, &$0) } }
    }
  }

  /// A list of objects.
  package mutating func list(_ key: String, _ fill: (inout JSONWriter) -> Void) {
    start(key)
    compound("[", "]", .rows, fill)
  }

  /// A list of texts.
  mutating func list(_ key: String, texts: [String]) {
    start(key)
    compound("[", "]", .row) { writer in
      for text in texts {
        writer.separate()
        writer.quote(text)
      }
    }
  }

  /// The same where some are not known.
  mutating func list(_ key: String, optionalTexts texts: [String?]) {
    start(key)
    compound("[", "]", .row) { writer in
      for text in texts {
        writer.separate()
        if let text { writer.quote(text) } else { writer.append("null") }
      }
    }
  }

  /// A list of numbers.
  package mutating func list(_ key: String, numbers: [Int]) {
    start(key)
    append(numbers: numbers)
  }

  /// A list of numbers.
  mutating func list(_ key: String, numbers: [Double]) {
    start(key)
    append("[" + numbers.map(Self.text).joined(separator: ",") + "]")
  }

  /// A list of a list of numbers for each element.
  mutating func list<Element>(
    _ key: String, rows elements: [Element], _ row: (Element) -> [Int]
  ) {
    start(key)
    compound("[", "]", .rows) { writer in
      for element in elements {
        writer.separate()
        writer.append(numbers: row(element))
        writer.handOn()
      }
    }
  }

  private mutating func append(numbers: [Int]) {
    append("[")
    for (index, number) in numbers.enumerated() {
      if index > 0 { append(",") }
      append(String(number))
    }
    append("]")
  }

  private mutating func compound(
    _ begin: Unicode.Scalar, _ end: Unicode.Scalar, _ layout: Layout,
    _ fill: (inout JSONWriter) -> Void
  ) {
    let outer = self.layout
    bytes.append(UInt8(ascii: begin))
    self.layout = layout
    isEmpty = true
    depth += 1
    fill(&self)
    depth -= 1
    if layout == .rows, !isEmpty { breakRow() }
    bytes.append(UInt8(ascii: end))
    self.layout = outer
    isEmpty = false
  }

  // MARK: - Values below a key

  package mutating func put(_ key: String, _ number: Int?) {
    start(key)
    append(number.map { String($0) } ?? "null")
  }

  package mutating func put(_ key: String, _ number: Double?) {
    start(key)
    append(number.map(Self.text) ?? "null")
  }

  package mutating func put(_ key: String, _ text: String?) {
    start(key)
    if let text { quote(text) } else { append("null") }
  }

  package mutating func put(_ key: String, _ value: Bool) {
    start(key)
    append(value ? "true" : "false")
  }

  /// The shortest text that is the number; what is none is null.
  package static func text(_ number: Double) -> String {
    // Most are whole, and those are had faster.
    if number > 0, number < 1e15, let whole = Int(exactly: number) { return "\(whole).0" }
    return number.isFinite ? "\(number)" : "null"
  }

  // MARK: - Text

  private mutating func start(_ key: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    append(key)
    append("\": ")
  }

  private mutating func separate() {
    if !isEmpty { append(layout == .row ? ", " : ",") }
    isEmpty = false
    if layout == .rows { breakRow() }
  }

  private mutating func breakRow() {
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<depth { append("  ") }
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// A string: quotes, backslashes and controls escaped.
  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    let span = text.utf8Span.span
    // Without a way out of the loop: so it looks at many bytes at a time.
    var odd: UInt8 = 0
    for index in span.indices { odd |= Self.isEscaped(span[index]) ? 1 : 0 }
    if odd == 0 {
      append(text)
    } else {
      for byte in text.utf8 {
        if Self.isEscaped(byte) { append(Self.escaped(byte)) } else { bytes.append(byte) }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func escaped(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "\""): return "\\\""
    case UInt8(ascii: "\\"): return "\\\\"
    case UInt8(ascii: "\n"): return "\\n"
    case UInt8(ascii: "\t"): return "\\t"
    case UInt8(ascii: "\r"): return "\\r"
    default: return "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
    }
  }
}
