// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// The functions that the lines of a tree belong to.
package struct FunctionIndex: Sendable {
  package struct Function: Sendable {
    package var name: String
    package var file: String
    /// Where it begins; 0 if that is not known, or if several of its name begin at different lines.
    package var firstLine: Int
  }

  package private(set) var functions: [Function] = []
  /// Of each place of the tree the index of its function; -1 for what is no line.
  package private(set) var ofPlace: [Int32] = []

  package init(_ capture: Capture, _ tree: CallTree) {
    var firstLines: [FunctionNames.Texts: Int] = [:]
    for function in capture.functions.dropFirst() {
      let texts = FunctionNames.Texts(
        name: capture.texts[function.name], file: capture.texts[function.file])
      let line = Int(function.firstLine)
      if let known = firstLines.updateValue(line, forKey: texts), known != line {
        firstLines[texts] = 0
      }
    }
    var numbers = PairTable(room: 0)
    ofPlace.reserveCapacity(tree.places.count)
    for (place, order) in zip(tree.places, tree.orders) {
      guard case .line(let file, _, let name) = place else {
        ofPlace.append(-1)
        continue
      }
      let new = Int32(functions.count)
      let known = numbers.number(Int32(bitPattern: order.file), order.function, orElse: new)
      if known == new {
        let texts = FunctionNames.Texts(name: name, file: file)
        functions.append(Function(name: name, file: file, firstLine: firstLines[texts] ?? 0))
      }
      ofPlace.append(known)
    }
  }
}
