// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Pairs of the members of two ascending lists, in order.
enum OrderedPairs {
  /// Of what the table of the best may have cells: beyond that, the first are paired with the first.
  private static let mostCells = 1 << 20

  /// As many pairs as the shorter list has members, so that the distances add up to the least.
  ///
  /// Lists that are exchanged give the same pairs, exchanged.
  static func nearest(_ one: [Int], _ other: [Int]) -> [(Int, Int)] {
    if one.count > other.count { return nearest(other, one).map { ($0.1, $0.0) } }
    let (short, long) = (one.count, other.count)
    if short == long || short * long > mostCells { return (0..<short).map { ($0, $0) } }
    // Member i may stand by members i...i + spare of the longer list: of each the least sum so far.
    let spare = long - short
    var sums = [[Int]](repeating: [], count: short)
    for index in 0..<short {
      var best = Int.max
      sums[index] = (0...spare).map { shift in
        best = min(best, index == 0 ? 0 : sums[index - 1][shift])
        return best + (one[index] - other[index + shift]).magnitudeAsInt
      }
    }
    var pairs: [(Int, Int)] = []
    var last = spare
    for index in (0..<short).reversed() {
      let most = sums[index][0...last]
      last = most.firstIndex(of: most.min() ?? 0) ?? 0
      pairs.append((index, index + last))
    }
    return pairs.reversed()
  }
}

extension Int {
  fileprivate var magnitudeAsInt: Int { Int(clamping: magnitude) }
}
