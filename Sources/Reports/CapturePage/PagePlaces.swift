// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The places of a tree's nodes as a page has them: columns of numbers, and the texts of files and functions.
struct PagePlaces {
  /// A file; what is gone from it is in another one, as it was before.
  struct File: Hashable {
    var name: String
    var isFormer = false
  }

  private(set) var kinds: [Int32] = []
  private(set) var files: [Int32] = []
  private(set) var lines: [Int32] = []
  private(set) var functions: [Int32] = []
  private(set) var placeOfNode: [Int32]
  private(set) var fileList: [File] = []
  private(set) var functionNames: [String] = []
  private var fileNumbers: [File: Int32] = [:]
  private var functionNumbers: [String: Int32] = [:]
  /// Of each place of the tree its number here; -1 if no node that was kept is there.
  private var numbers: [Int32]

  /// Those of the nodes that were kept, in the order in which they are met.
  init(_ tree: PageTree, _ folded: FoldedTree) {
    placeOfNode = []
    numbers = [Int32](repeating: -1, count: tree.places.count)
    for node in folded.kept {
      let place = Int(tree.placeOfNode[node])
      if numbers[place] < 0 {
        numbers[place] = Int32(kinds.count)
        add(tree.places[place], isGone: tree.isGone.contains(place))
      }
      placeOfNode.append(numbers[place])
    }
  }

  /// The number of a place of the tree; nil if no node that was kept is there.
  func number(of place: Int) -> Int? {
    numbers[place] < 0 ? nil : Int(numbers[place])
  }

  func number(of file: File) -> Int? { fileNumbers[file].map(Int.init) }

  private mutating func add(_ place: Place, isGone: Bool) {
    switch place {
    case .process: add(0)
    case .thread(let index): add(1, line: index)
    case .line(let file, let line, let function):
      add(
        2, file: number(File(name: file, isFormer: isGone)), line: line,
        function: number(function: function))
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

  private mutating func number(_ file: File) -> Int32 {
    if let known = fileNumbers[file] { return known }
    fileNumbers[file] = Int32(fileList.count)
    fileList.append(file)
    return Int32(fileList.count - 1)
  }

  private mutating func number(function: String) -> Int32 {
    if let known = functionNumbers[function] { return known }
    functionNumbers[function] = Int32(functionNames.count)
    functionNames.append(function)
    return Int32(functionNames.count - 1)
  }
}
