// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// The lines of a function in one recording, with what they are recognised by.
struct FunctionLines {
  private struct Line {
    /// Which place of the tree it is.
    var place: Int
    /// Lines from the function's first to it.
    var number: Int
    /// Without its indentation; nil where it is not known.
    var text: String?
  }

  let function: FunctionMatching.Function
  private var lines: [Line] = []

  /// Those of all functions that are in a stack, by their lines in order.
  static func all(of side: Side) -> [FunctionLines] {
    var first: [FunctionMatching.Function: Int] = [:]
    for function in side.capture.functions.dropFirst() {
      let key = FunctionMatching.Function(
        file: side.capture.texts[function.file], name: side.capture.texts[function.name])
      first[key] = min(first[key] ?? .max, Int(function.firstLine))
    }
    var numbers: [FunctionMatching.Function: Int] = [:]
    var all: [FunctionLines] = []
    for (index, place) in side.account.tree.places.enumerated() {
      guard case .line(let file, let line, let name) = place else { continue }
      let key = FunctionMatching.Function(file: file, name: name)
      let number = numbers[key] ?? all.count
      if number == all.count {
        numbers[key] = number
        all.append(FunctionLines(function: key))
      }
      let text = side.text(file, line).map(Self.core).flatMap { $0.isEmpty ? nil : $0 }
      all[number].lines.append(Line(place: index, number: line - (first[key] ?? 0), text: text))
    }
    for index in all.indices { all[index].lines.sort { $0.number < $1.number } }
    return all
  }

  private init(function: FunctionMatching.Function) { self.function = function }

  /// A line may be moved into a block: its indentation is not what it does.
  private static func core(_ text: String) -> String {
    let bytes = Array(text.utf8)
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0C }
    guard let start = bytes.firstIndex(where: { !isBlank($0) }),
      let end = bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(decoding: bytes[start...end], as: UTF8.self)
  }

  /// The places that are the same lines; `byNumber`: whether numbers may decide where no text does.
  func pairs(
    with other: FunctionLines, byNumber: Bool
  ) -> (pairs: [(Int, Int)], byNumber: Int) {
    var pairs: [(Int, Int)] = []
    var mine = Array(repeating: false, count: lines.count)
    var others = Array(repeating: false, count: other.lines.count)
    let texts = other.byText()
    for (text, indices) in byText() {
      guard let counterparts = texts[text] else { continue }
      let found = OrderedPairs.nearest(
        indices.map { lines[$0].number }, counterparts.map { other.lines[$0].number })
      for (one, another) in found {
        mine[indices[one]] = true
        others[counterparts[another]] = true
        pairs.append((lines[indices[one]].place, other.lines[counterparts[another]].place))
      }
    }
    // Dictionaries have another order each time.
    pairs.sort { $0.0 < $1.0 }
    guard byNumber else { return (pairs, 0) }
    var numbers: [Int: Int] = [:]
    for (index, line) in other.lines.enumerated() where !others[index] {
      numbers[line.number] = index
    }
    let known = pairs.count
    for (index, line) in lines.enumerated() where !mine[index] {
      guard let counterpart = numbers[line.number] else { continue }
      if line.text != nil, other.lines[counterpart].text != nil { continue }
      pairs.append((line.place, other.lines[counterpart].place))
    }
    // What is frozen into the interpreter has no text, and does not change with the program.
    return (pairs, function.file.hasPrefix("<frozen ") ? 0 : pairs.count - known)
  }

  private func byText() -> [String: [Int]] {
    var found: [String: [Int]] = [:]
    for (index, line) in lines.enumerated() {
      if let text = line.text { found[text, default: []].append(index) }
    }
    return found
  }
}
