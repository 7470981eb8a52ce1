// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// The call trees of two recordings as one: paths are the same where all their lines are.
///
/// Flat columns, a parent always before its children; node 0 is the process. Threads are not told
/// apart: those of a pool have other names each time.
package struct UnionTree: Sendable {
  /// Of each node its parent and its line, as indices; the root is its own parent.
  package private(set) var parents: [Int32] = [0]
  package private(set) var lineOfNode: [Int32]
  /// Lines, and what stands in the place of one.
  package let lines: [LineMatching.Line]
  /// Of each node of either tree the node here.
  package private(set) var before: [Int32] = []
  package private(set) var after: [Int32] = []
  /// Of files of the first recording what they are in the second, where functions tell.
  package let successors: [String: String]

  init(_ before: CallTree, _ after: CallTree, _ matching: LineMatching) {
    lines = matching.lines
    successors = matching.successors
    lineOfNode = [matching.after[0]]
    var numbers = PairTable(room: before.parents.count)
    self.before = nodes(before, matching.before, &numbers)
    self.after = nodes(after, matching.after, &numbers)
  }

  private mutating func nodes(
    _ tree: CallTree, _ lines: [Int32], _ numbers: inout PairTable
  ) -> [Int32] {
    var nodes = [Int32](repeating: 0, count: tree.parents.count)
    for node in tree.parents.indices.dropFirst() {
      let parent = nodes[Int(tree.parents[node])]
      if tree.place(node).isBeginning {
        nodes[node] = parent
        continue
      }
      let line = lines[Int(tree.placeOfNode[node])]
      let new = Int32(parents.count)
      nodes[node] = numbers.number(parent, UInt32(bitPattern: line), orElse: new)
      if nodes[node] == new {
        parents.append(parent)
        lineOfNode.append(line)
      }
    }
    return nodes
  }

  /// The lines from the outermost call to a node, where they are or, where they are gone, were.
  package func path(to node: Int) -> [LineMatching.Line] {
    var path: [LineMatching.Line] = []
    var current = node
    while current != 0 {
      path.append(lines[Int(lineOfNode[current])])
      current = Int(parents[current])
    }
    return path.reversed()
  }
}
