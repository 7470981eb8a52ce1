// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// A fragment taken apart again, by rules of its own.
struct Page {
  /// All but the style sheet.
  private(set) var content = ""
  private(set) var css = ""
  private(set) var tags: [String] = []
  private(set) var elements: Set<String> = []
  /// What is not closed, or closed twice.
  private(set) var complaints: [String] = []
  private(set) var roots = 0
  /// The texts of the cells, row by row.
  private(set) var rows: [[String]] = []
  private(set) var text = ""

  init(_ html: String) throws {
    let start = try #require(html.firstRange(of: "<style>"))
    let end = try #require(html.firstRange(of: "</style>"))
    css = String(html[start.upperBound..<end.lowerBound])
    content = String(html[..<start.lowerBound] + html[end.upperBound...])
    var open: [String] = []
    for part in content.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
      let pieces = part.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
      guard pieces.count == 2 else {
        complaints.append("no end: \(part)")
        continue
      }
      let name = String(pieces[0].prefix { $0 != " " })
      if name.hasPrefix("/") {
        if open.popLast() != String(name.dropFirst()) { complaints.append(name) }
      } else {
        tags.append(String(pieces[0]))
        elements.insert(name)
        if open.isEmpty { roots += 1 }
        open.append(name)
        if name == "tr" { rows.append([]) }
        if name == "td" || name == "th" { rows[rows.count - 1].append("") }
      }
      let plain = Self.unescaped(String(pieces[1]))
      text += plain
      if open.contains("td") || open.contains("th"), let row = rows.indices.last {
        rows[row][rows[row].count - 1] += plain
      }
    }
    complaints += open
  }

  private static func unescaped(_ text: String) -> String {
    text.replacing(#/&#x([0-9a-f]+);/#) { match in
      let scalar = UInt32(match.output.1, radix: 16).flatMap(Unicode.Scalar.init)
      return String(scalar ?? "\u{FFFD}")
    }
    .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
    .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
  }
}
