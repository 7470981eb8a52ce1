// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// What is different by call path: paths are the same where all their lines are.
///
/// Flat columns, a parent always before its children; node 0 is the process. Threads are not told
/// apart: those of a pool have other names each time.
package struct StackChanges: Sendable {
  /// Of each node its parent and its line, as indices.
  private var parents: [Int32] = [0]
  private var lineOfNode: [Int32] = [0]
  private let lines: [LineMatching.Line]
  private var changes: [Change] = []
  /// The nodes of which the figure is another; what changed most is first.
  package private(set) var changed: [Int] = []

  init(
    _ before: Side, _ after: Side, _ matching: LineMatching, _ figure: Figure, unsampled: Int
  ) {
    lines = matching.lines
    var numbers = PairTable(room: before.account.tree.parents.count)
    let former = nodes(before.account.tree, matching.before, &numbers)
    let latter = nodes(after.account.tree, matching.after, &numbers)
    let none = Change(unsampled: figure.isBytes ? unsampled : 0)
    changes = Array(repeating: none, count: parents.count)
    fill(before, former, figure) { Change(before: $0, variance: $1) }
    fill(after, latter, figure) { Change(after: $0, variance: $1) }
    changed = changes.indices.filter { changes[$0].amount != 0 }.sorted { one, other in
      let (mine, others) = (changes[one], changes[other])
      if mine.amount.magnitude != others.amount.magnitude {
        return mine.amount.magnitude > others.amount.magnitude
      }
      return (max(others.before, others.after), one) < (max(mine.before, mine.after), other)
    }
  }

  /// Of each node of a tree the node here.
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

  /// Adds what each stack of a recording has.
  private mutating func fill(
    _ side: Side, _ nodes: [Int32], _ figure: Figure, _ change: (Int, Double?) -> Change
  ) {
    let holdings = Holdings(side.capture, .peak)
    for index in side.capture.counters.indices.dropFirst() {
      let node = Int(side.account.tree.nodeOfCounters[index])
      guard node >= 0 else { continue }
      var figures = Figures()
      figures.add(side.capture.counters[index])
      figures.held = holdings.bytes[index]
      figures.heldVariance = holdings.variance[index]
      let variance = figure.isBytes || side.capture.isSampled ? figures.variance(figure) : 0
      changes[Int(nodes[node])].add(change(figures.amount(figure), variance))
    }
  }

  // MARK: - Asking

  /// What a node itself had and has.
  package func change(_ node: Int) -> Change { changes[node] }

  /// The lines from the outermost call to a node, where they are or, where they are gone, were.
  package func path(to node: Int) -> [(before: Place?, after: Place?)] {
    var path: [(before: Place?, after: Place?)] = []
    var current = node
    while current != 0 {
      let line = lines[Int(lineOfNode[current])]
      path.append((line.before, line.after))
      current = Int(parents[current])
    }
    return path.reversed()
  }
}
