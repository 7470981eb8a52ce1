// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// What the functions of a capture are called: flat columns, one entry for each function.
struct FunctionNames {
  struct Texts: Hashable {
    var name: String
    var file: String
  }

  /// Decoded once, and shared by all lines of a function.
  let texts: [Texts]
  /// The first function that has the same texts.
  let first: [Int32]
  /// Where its texts stand among all: lines are put in order without a look at texts.
  let ranks: [(file: UInt32, name: UInt32)]

  init(_ capture: Capture) {
    texts = capture.functions.map { function in
      Texts(name: capture.texts[function.name], file: capture.texts[function.file])
    }
    var known: [Texts: Int32] = [:]
    first = texts.enumerated().map { index, name in
      let first = known[name] ?? Int32(index)
      known[name] = first
      return first
    }
    let files = Self.ranks(of: texts.map(\.file))
    let names = Self.ranks(of: texts.map(\.name))
    ranks = zip(files, names).map { (file: $0, name: $1) }
  }

  private static func ranks(of texts: [String]) -> [UInt32] {
    var ranks: [String: UInt32] = [:]
    for text in Set(texts).sorted() { ranks[text] = UInt32(ranks.count) }
    return texts.map { ranks[$0] ?? 0 }
  }
}
