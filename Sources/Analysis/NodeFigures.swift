// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// What each node of an account's tree did itself: flat columns, one entry for each node.
///
/// Of the nodes of a line they add up to the figures of its row. Blocks, of which a sampled capture has
/// fractions, are whole numbers here, rounded so that their sum is the row's, rounded.
package struct NodeFigures: Sendable {
  package let held: [Int]
  package private(set) var live: [Int]
  package private(set) var allocated: [Int]
  package private(set) var allocations: [Int]
  package private(set) var temporary: [Int]

  /// Adds up a capture's counters; `account` is the account of it.
  package init(_ capture: Capture, _ account: Account) {
    let tree = account.tree
    let nothing = Array(repeating: 0, count: tree.parents.count)
    held = tree.own
    live = nothing
    allocated = nothing
    allocations = nothing
    temporary = nothing
    var blocks = Array(repeating: 0.0, count: nothing.count)
    for index in capture.counters.indices.dropFirst() {
      let node = Int(tree.nodeOfCounters[index])
      guard node >= 0 else { continue }
      let one = capture.counters[index]
      live[node] = live[node].plus(one.live)
      allocated[node] = allocated[node].plus(one.allocated)
      temporary[node] = temporary[node].plus(one.temporary)
      blocks[node] += one.allocations
    }
    // What rounding takes from one node of a line, or gives to it, the next one makes good.
    var sums = Array(repeating: 0.0, count: tree.places.count)
    for node in blocks.indices where blocks[node] != 0 {
      let place = Int(tree.placeOfNode[node])
      let before = Int(clamping: sums[place].rounded())
      sums[place] += blocks[node]
      allocations[node] = Int(clamping: sums[place].rounded()).minus(before)
    }
  }
}
