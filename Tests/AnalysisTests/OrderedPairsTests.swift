// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Analysis

/// Lines of the same text in two functions: which is which.
@Suite struct OrderedPairsTests {
  /// All ways to take so many of some members, in order.
  private func choices(_ count: Int, of members: Int) -> [[Int]] {
    if count == 0 { return [[]] }
    if members < count { return [] }
    let last = choices(count - 1, of: members - 1).map { $0 + [members - 1] }
    return choices(count, of: members - 1) + last
  }

  @Test func `small lists are paired as well as any way of pairing them in order`() {
    let lists = (0...4).flatMap { count in choices(count, of: 6).map { $0.map { $0 * $0 } } }
    for one in lists {
      for other in lists {
        let pairs = OrderedPairs.nearest(one, other)
        let back = OrderedPairs.nearest(other, one)
        #expect(pairs.map { [$0.0, $0.1] } == back.map { [$0.1, $0.0] })
        #expect(pairs.count == min(one.count, other.count))
        #expect(zip(pairs, pairs.dropFirst()).allSatisfy { $0.0 < $1.0 && $0.1 < $1.1 })
        let (short, long) = one.count < other.count ? (one, other) : (other, one)
        let best = choices(short.count, of: long.count).map { chosen in
          zip(short, chosen).reduce(0) { $0 + abs($1.0 - long[$1.1]) }
        }.min()
        #expect(pairs.reduce(0) { $0 + abs(one[$1.0] - other[$1.1]) } == best ?? 0)
      }
    }
  }

  @Test func `what would take too long is paired from the first on`() {
    let pairs = OrderedPairs.nearest(Array(0..<3000), Array(0..<3001))
    #expect(pairs.count == 3000 && pairs.allSatisfy { $0.0 == $0.1 })
  }
}
