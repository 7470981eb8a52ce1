// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// Alternatives side by side: who is best, where that can be said.
@Suite struct ComparisonTests {
  private func alternative(_ name: String, peaks: [Int], seconds: [Double])
    -> Comparison.Alternative
  {
    let runs = zip(peaks, seconds).map {
      Comparison.Run(ownPeak: $0, retained: 0, allocated: $0, allocations: 1, seconds: $1)
    }
    return Comparison.Alternative(name: name, error: nil, runs: runs)
  }

  private func rows(_ alternatives: Comparison.Alternative..., style: Style = Style()) -> [String] {
    Comparison(python: "3.12.1", caveats: [], alternatives: alternatives).report(style: style)
  }

  @Test func `the best is marked where all of its runs are below all others`() {
    let spreads = [[3.0, 4, 5], [1, 2, 2.9]].map { Spread($0) }
    #expect(Rank.all(spreads) == [.behind(2), .best])
  }

  @Test func `where runs overlap nobody is best`() {
    let spreads = [[3.0, 4, 5], [1, 2, 3], [7, 8, 9]].map { Spread($0) }
    #expect(Rank.all(spreads) == [.close, .close, .behind(4)])
  }

  @Test func `what is the same in every run is the same`() {
    let spreads = [[2.0, 2], [2, 2], [3, 3]].map { Spread($0) }
    #expect(Rank.all(spreads) == [.same, .same, .behind(1.5)])
  }

  @Test func `beside nothing there is no ratio, and alone no rank`() {
    #expect(Rank.all([Spread([0]), Spread([5])]) == [.best, .behind(nil)])
    #expect(Rank.all([Spread([1]), nil]) == [.none, .none])
    #expect(Rank.all([]) == [])
  }

  @Test func `a median is in the middle`() {
    #expect(Spread([3, 1, 2])?.median == 2)
    #expect(Spread([4, 1, 2, 3])?.median == 2.5)
    #expect(Spread([]) == nil)
    #expect(Spread([.nan, 1])?.median == 1)
  }

  @Test func `the sentence names who is lowest and who is fastest, with the margin`() {
    let small = alternative("small", peaks: [mib, mib], seconds: [3, 3.1])
    let fast = alternative("fast", peaks: [10 * mib, 10 * mib], seconds: [1, 1.1])
    #expect(
      rows(small, fast).first
        == "small has the lowest peak (1.00 MiB, the next 10.0×), fast is the fastest "
        + "(1.05 s, the next 2.90×).")
    let both = alternative("both", peaks: [mib, mib], seconds: [0.5, 0.5])
    #expect(
      rows(both, fast).first
        == "both has the lowest peak (1.00 MiB, the next 10.0×) and is the fastest "
        + "(500 ms, the next 2.10×).")
  }

  @Test func `of one run each no time is called the fastest`() {
    let small = alternative("small", peaks: [mib], seconds: [3])
    let fast = alternative("fast", peaks: [10 * mib], seconds: [1])
    #expect(rows(small, fast).first == "small has the lowest peak (1.00 MiB, the next 10.0×).")
  }

  @Test func `what failed is a sentence, and the rest is compared`() {
    let failed = Comparison.Alternative(name: "b", error: "It ended with status 1.", runs: [])
    let never = Comparison.Alternative(name: "c", error: nil, runs: [])
    let table = rows(alternative("a", peaks: [mib], seconds: [1]), failed, never)
    #expect(table.contains("b: It ended with status 1."))
    #expect(table.contains("c: it was not run."))
    #expect(rows(failed) == ["b: It ended with status 1."])
    #expect(rows() == [])
  }

  @Test func `the least and the most are shown where they differ`() {
    let one = alternative("a", peaks: [mib, 2 * mib, 3 * mib], seconds: [1, 1, 1])
    let table = rows(one)
    #expect(table[2].contains("2.00 MiB"))
    #expect(table[3].contains("1.00–3.00 MiB"))
    #expect(!table[3].contains(" s"))
    let far = alternative("a", peaks: [kib, mib], seconds: [1, 1])
    #expect(rows(far)[3].contains("1.00 KiB–1.00 MiB"))
  }
}
