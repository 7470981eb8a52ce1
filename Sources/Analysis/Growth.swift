// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// What stacks held more each time: from copy to copy of a capture, made while it was recorded.
///
/// A cache that is filled once, and what is replaced by its like, holds no more the next time.
package struct Growth: Sendable {
  package struct Stack: Equatable, Sendable {
    /// In the tree.
    package var node: Int
    /// Bytes that it held more than in the copy before.
    package var steps: [Int]
    package var least: Int { steps.min() ?? 0 }
  }

  /// Those that held more in each copy; whose least step is largest is first.
  package let stacks: [Stack]

  /// Compares copies in the order in which they were made; `account` is of the last of them.
  package init(_ copies: [Capture], _ account: Account) throws(AnalysisFailure) {
    guard !copies.contains(where: \.isTree) else { throw .severalProcesses }
    guard copies.count > 1, let last = copies.last,
      copies.allSatisfy({ Self.isOneRecording($0.header, last.header) })
    else { throw .otherRecording }
    let tree = account.tree
    let alike = Self.alike(tree)
    // Tables only grow: a stack has the same number in all copies.
    let held = copies.map { copy in
      var held = [Int](repeating: 0, count: tree.parents.count)
      for index in copy.counters.indices.dropFirst() where index < tree.nodeOfCounters.count {
        let node = Int(tree.nodeOfCounters[index])
        if node >= 0 { held[alike[node]] = held[alike[node]].plus(copy.counters[index].live) }
      }
      return held
    }
    stacks = tree.parents.indices.compactMap { node in
      let steps = zip(held.dropFirst(), held).map { $0[node].minus($1[node]) }
      return steps.allSatisfy { $0 > 0 } ? Stack(node: node, steps: steps) : nil
    }.sorted { ($0.least, $1.node) > ($1.least, $0.node) }
  }

  /// Of each node the first that is called in the same way, on whatever thread: a test that starts a
  /// thread starts another one the next time.
  private static func alike(_ tree: CallTree) -> [Int] {
    struct Call: Hashable {
      var caller: Int
      var place: Int32
    }
    var known: [Call: Int] = [:]
    var firsts: [Int] = []
    // Callers come before what they call; threads are as the process.
    for node in tree.parents.indices {
      var first = 0
      if node > 0, !tree.place(node).isBeginning {
        let call = Call(caller: firsts[Int(tree.parents[node])], place: tree.placeOfNode[node])
        first = known[call] ?? node
        known[call] = first
      }
      firsts.append(first)
    }
    return firsts
  }

  private static func isOneRecording(_ one: CaptureHeader, _ other: CaptureHeader) -> Bool {
    one.processID == other.processID && one.startTime == other.startTime
  }
}
