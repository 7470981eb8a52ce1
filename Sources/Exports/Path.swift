// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The way to a node while a tree is descended: what callers have in it is not made again for each call.
struct Path<Element> {
  private(set) var elements: [Element] = []
  /// Of each depth how many elements there are up to it.
  private var lengths = [0]

  /// Goes to a node of this depth below the one of the depth before, which is still on the way.
  mutating func enter(_ depth: Int, _ part: some Collection<Element>) {
    lengths.removeSubrange(depth...)
    elements.removeSubrange(lengths[depth - 1]...)
    elements += part
    lengths.append(elements.count)
  }
}
