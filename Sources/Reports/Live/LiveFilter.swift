// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// Which lines have a text in their place, function or code, as they are shown; ASCII letters in
/// whatever case.
///
/// Costs about a microsecond a line: of a file the name is made once.
struct LiveFilter {
  private let wanted: [UInt8]
  private let view: CaptureView
  /// The names of files, folded.
  private var names: [String: [UInt8]] = [:]

  init(_ text: String, _ view: CaptureView) {
    wanted = Self.folded(text)
    self.view = view
  }

  mutating func matches(_ place: Place) -> Bool {
    guard case .line(let file, let line, let function) = place else {
      return isIn(Self.folded(view.name(place)))
    }
    let name = names[file] ?? Self.folded(view.short(file))
    names[file] = name
    return isIn(name + Array(":\(line)".utf8)) || isIn(Self.folded(function))
      || isIn(Self.folded(view.code(place)))
  }

  private static func folded(_ text: String) -> [UInt8] {
    text.utf8.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
  }

  /// Whether the text stands in another one.
  private func isIn(_ text: [UInt8]) -> Bool {
    guard let first = wanted.first else { return true }
    guard wanted.count <= text.count else { return false }
    return (0...text.count - wanted.count).contains { start in
      text[start] == first && text[start..<start + wanted.count].elementsEqual(wanted)
    }
  }
}
