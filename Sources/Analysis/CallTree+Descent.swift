// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension CallTree {
  /// Visits all nodes but the root, each right after the one that called it or after all that a
  /// sibling called; `depth` is 1 for those that the root called.
  ///
  /// It does not call itself: stacks may be deeper than ours.
  package func descend(_ visit: (_ node: Int, _ depth: Int) -> Void) {
    let (starts, items) = children()
    // Of each node on the way down, which of its callees comes next.
    var open = [(next: starts[0], end: starts[1])]
    while let last = open.last {
      guard last.next < last.end else {
        open.removeLast()
        continue
      }
      open[open.count - 1].next += 1
      let node = Int(items[Int(last.next)])
      visit(node, open.count)
      open.append((next: starts[node], end: starts[node + 1]))
    }
  }
}
