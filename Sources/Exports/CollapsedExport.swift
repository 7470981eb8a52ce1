// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Reports

/// Folded stacks, as Brendan Gregg's scripts read them: a row for each, its frames with semicolons
/// between, the outermost first, a blank, and the value.
struct CollapsedExport {
  private let view: CaptureView

  init(_ view: CaptureView) { self.view = view }

  /// Writes the stacks that have some of this value.
  func write(
    _ value: ExportValue, to take: @escaping ([UInt8]) -> Void, _ leftOut: inout LeftOut
  ) {
    let tree = view.account.tree
    let values = value.values(NodeFigures(view.capture, view.account))
    // Few places are in very many stacks: the text of each is made once.
    var frames = [[UInt8]](repeating: [], count: tree.places.count)
    var path = Path<UInt8>()
    var pieces = Pieces(take)
    tree.descend { node, depth in
      let number = Int(tree.placeOfNode[node])
      if frames[number].isEmpty { frames[number] = frame(tree.places[number]) }
      path.enter(depth, frames[number])
      let value = values[node]
      if value > 0 {
        pieces.append(path.elements.dropFirst())
        pieces.append(" \(value)")
        pieces.endRow()
      } else if value < 0 {
        leftOut.add(value)
      }
    }
    pieces.handOn()
  }

  /// A frame with the semicolon before it; nothing for a thread where only one did anything.
  private func frame(_ place: Place) -> [UInt8] {
    switch place {
    case .line(let file, let line, let function):
      Array(";\(Self.escaped(function)) (\(Self.escaped(file)):\(line))".utf8)
    case .member(let index):
      Array((";process " + Self.escaped(view.capture.label(ofProcess: index))).utf8)
    case .thread(let index):
      view.isTold(thread: index)
        ? Array((";" + Self.escaped(view.capture.name(ofThread: index))).utf8) : []
    default: Array((";" + Self.escaped(view.name(place))).utf8)
    }
  }

  /// A text that neither ends a frame nor a row, and can be had back: what would is written as in
  /// Python's strings, and so is the backslash.
  static func escaped(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      0x20 <= $0 && $0 < 0x7F && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\\")
    }
    if isPlain { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x5C: result += "\\\\"
      case 0x0A: result += "\\n"
      case 0x0D: result += "\\r"
      case 0x09: result += "\\t"
      case ..<0x20, 0x3B, 0x7F..<0xA0: result += "\\x" + hexadecimal(scalar.value, digits: 2)
      // Other things at which readers end a row.
      case 0x2028, 0x2029: result += "\\u" + hexadecimal(scalar.value, digits: 4)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func hexadecimal(_ number: UInt32, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
