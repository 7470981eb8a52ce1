// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The calls that a page shows: those of one capture, or all that are in either of two.
struct PageTree {
  /// Of each node its parent and its place, as indices; a parent is before its children.
  let parents: [Int32]
  let placeOfNode: [Int32]
  let places: [Place]
  /// Which places are only where they were in the capture before; none of one capture.
  let isGone: Set<Int>
  /// Of files that have such places, what they are now.
  let successors: [String: String]

  init(_ tree: CallTree) {
    parents = tree.parents
    placeOfNode = tree.placeOfNode
    places = tree.places
    isGone = []
    successors = [:]
  }

  init(_ tree: UnionTree) {
    parents = tree.parents
    placeOfNode = tree.lineOfNode
    places = tree.lines.map(\.place)
    isGone = Set(tree.lines.indices.filter { tree.lines[$0].after == nil })
    successors = tree.successors
  }
}
