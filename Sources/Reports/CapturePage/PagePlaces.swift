// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The places of a tree's nodes as a page has them: columns of numbers, and the texts of files and functions.
struct PagePlaces {
  private(set) var kinds: [Int32] = []
  private(set) var files: [Int32] = []
  private(set) var lines: [Int32] = []
  private(set) var functions: [Int32] = []
  private(set) var placeOfNode: [Int32]
  private(set) var fileNames: [String] = []
  private(set) var functionNames: [String] = []
  private var fileNumbers: [String: Int32] = [:]
  private var functionNumbers: [String: Int32] = [:]
  private var numbers: [Place: Int] = [:]

  /// Those of the nodes that were kept, in the order in which they are met.
  init(_ tree: CallTree, _ folded: FoldedTree) {
    placeOfNode = []
    var known = [Int32](repeating: -1, count: tree.places.count)
    for node in folded.kept {
      let place = Int(tree.placeOfNode[node])
      if known[place] < 0 {
        known[place] = Int32(kinds.count)
        add(tree.places[place])
      }
      placeOfNode.append(known[place])
    }
  }

  /// The number of a place; nil if no node that was kept is there.
  func number(of place: Place) -> Int? { numbers[place] }

  func number(ofFile name: String) -> Int? { fileNumbers[name].map(Int.init) }

  private mutating func add(_ place: Place) {
    numbers[place] = kinds.count
    switch place {
    case .process: add(0)
    case .thread(let index): add(1, line: index)
    case .line(let file, let line, let function):
      add(2, file: number(file), line: line, function: number(function: function))
    case .outside: add(3)
    case .hidden: add(4)
    case .unknown: add(5)
    case .member(let index): add(6, line: index)
    }
  }

  private mutating func add(_ kind: Int32, file: Int32 = -1, line: Int = -1, function: Int32 = -1) {
    kinds.append(kind)
    files.append(file)
    lines.append(Int32(clamping: line))
    functions.append(function)
  }

  private mutating func number(_ file: String) -> Int32 {
    if let known = fileNumbers[file] { return known }
    fileNumbers[file] = Int32(fileNames.count)
    fileNames.append(file)
    return Int32(fileNames.count - 1)
  }

  private mutating func number(function: String) -> Int32 {
    if let known = functionNumbers[function] { return known }
    functionNumbers[function] = Int32(functionNames.count)
    functionNames.append(function)
    return Int32(functionNames.count - 1)
  }
}
