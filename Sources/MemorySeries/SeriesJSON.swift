// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// JSON for a series: few keys, and columns of millions of numbers.
struct SeriesJSON {
  private(set) var bytes: [UInt8] = []
  private var isFirst = true

  mutating func object(_ fill: (inout SeriesJSON) -> Void) {
    append("{")
    isFirst = true
    fill(&self)
    append("}")
    isFirst = false
  }

  mutating func value(_ key: String, _ text: String) {
    start(key)
    append(text)
  }

  mutating func list<Element>(
    _ key: String, _ elements: [Element], _ fill: (inout SeriesJSON, Element) -> Void
  ) {
    start(key)
    append("[")
    for (index, element) in elements.enumerated() {
      if index > 0 { append(", ") }
      object { fill(&$0, element) }
    }
    append("]")
    isFirst = false
  }

  /// The samples as two columns.
  mutating func columns(_ key: String, _ samples: [MemorySeries.Sample]) {
    start(key)
    object {
      $0.column("time", samples) { $0.time }
      $0.column("mib", samples) { $0.mebibytes }
    }
  }

  private mutating func column(
    _ key: String, _ samples: [MemorySeries.Sample], _ figure: (MemorySeries.Sample) -> Double
  ) {
    start(key)
    append("[")
    for (index, sample) in samples.enumerated() {
      if index > 0 { append(", ") }
      append(Self.number(figure(sample)))
    }
    append("]")
  }

  private mutating func start(_ key: String) {
    if !isFirst { append(", ") }
    isFirst = false
    append(Self.quoted(key) + ": ")
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// The shortest text that is the number.
  static func number(_ number: Double?) -> String {
    guard let number, number.isFinite else { return "null" }
    return "\(number)"
  }

  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      case _ where scalar.value < 0x20:
        quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
