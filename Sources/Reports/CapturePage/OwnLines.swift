// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The lines that the reader of a page can change.
///
/// Those of the standard library and of what is installed are not: what they hold counts with the line
/// that called them.
struct OwnLines {
  /// The capture without libraries.
  let view: CaptureView
  /// The lines that only import what they name.
  private(set) var imports: Set<Place> = []
  private let tree: CallTree
  /// Of each node of the whole tree the place of the program's own line that it counts with, or -1.
  private var counted: [Int32] = []

  /// Nil where nothing of the program's own holds anything, or where somebody has chosen lines already.
  init?(_ whole: CaptureView) {
    var selection = whole.account.selection
    guard selection.only.isEmpty, selection.hide.isEmpty else { return nil }
    selection.hidesLibraries = true
    guard let account = try? Account(whole.capture, whole.when, selection),
      account.rows.contains(where: { $0.place.isLine && $0.figures.held > 0 })
    else { return nil }
    view = CaptureView(
      capture: whole.capture, account: account, sources: whole.sources, ending: whole.ending)
    tree = whole.account.tree
    count()
  }

  private mutating func count() {
    let libraries = tree.places.map(\.library)
    counted = Array(repeating: -1, count: tree.parents.count)
    // Parents come before children.
    for node in tree.parents.indices.dropFirst() {
      let place = Int(tree.placeOfNode[node])
      let parent = Int(tree.parents[node])
      if tree.places[place].isLine, libraries[place] == nil {
        counted[node] = Int32(place)
      } else {
        counted[node] = counted[parent]
        let caller = Int(tree.placeOfNode[parent])
        if libraries[place] == Library.importSystem, counted[parent] == Int32(caller) {
          imports.insert(tree.places[caller])
        }
      }
    }
  }

  /// The library that holds most of what counts with a line; nil where that is the line itself.
  func library(below place: Place) -> String? {
    var sums: [String: Int] = [:]
    for node in tree.parents.indices where counted[node] >= 0 && tree.own[node] > 0 {
      guard tree.places[Int(counted[node])] == place else { continue }
      sums[tree.place(node).library?.name ?? "", default: 0] += tree.own[node]
    }
    let most = sums.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    return most.flatMap { $0.isEmpty ? nil : DisplayWidth.shown($0) }
  }

  /// What libraries hold on threads of their own, which no line of the program has called, and the
  /// line that holds most of it.
  func apart() -> (held: Int, place: Place)? {
    var held = 0
    var sums: [Int32: Int] = [:]
    for node in tree.parents.indices where counted[node] < 0 && tree.own[node] > 0 {
      let place = tree.placeOfNode[node]
      guard tree.places[Int(place)].isLine else { continue }
      held = held.plus(tree.own[node])
      sums[place] = (sums[place] ?? 0).plus(tree.own[node])
    }
    let most = sums.max { ($0.value, $1.key) < ($1.value, $0.key) }
    return most.map { (held, tree.places[Int($0.key)]) }
  }
}

extension Place {
  /// The library that a line belongs to; nil where it is the program's own, or no line.
  fileprivate var library: Library? {
    if case .line(let file, _, _) = self { Library(ofFile: file) } else { nil }
  }
}
