// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// What is different by call path: of each node of the two trees' union what it itself had and has.
package struct StackChanges: Sendable {
  private var changes: [Change]
  /// The nodes of which the figure is another; what changed most is first.
  package private(set) var changed: [Int] = []

  init(_ before: Side, _ after: Side, _ tree: UnionTree, _ figure: Figure, unsampled: Int) {
    let none = Change(unsampled: figure.isBytes ? unsampled : 0)
    changes = Array(repeating: none, count: tree.parents.count)
    fill(before, tree.before, figure) { Change(before: $0, variance: $1) }
    fill(after, tree.after, figure) { Change(after: $0, variance: $1) }
    changed = changes.indices.filter { changes[$0].amount != 0 }.sorted { one, other in
      let (mine, others) = (changes[one], changes[other])
      if mine.amount.magnitude != others.amount.magnitude {
        return mine.amount.magnitude > others.amount.magnitude
      }
      return (max(others.before, others.after), one) < (max(mine.before, mine.after), other)
    }
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

  /// What a node itself had and has.
  package func change(_ node: Int) -> Change { changes[node] }
}
