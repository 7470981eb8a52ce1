// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Testing

@testable import Reports

@Suite("Tests beside a baseline")
struct TestRunJudgementTests {
  private static let mebibyte = 1 << 20

  private func run(
    _ peaks: [(String, Int)], python: String = "3.12.1", interval: Int = 0
  ) -> TestRun {
    let lines = [
      TestRun.Line(file: "load.py", line: 14, function: "load", source: "  x = 1", held: 9)
    ]
    return TestRun(
      python: python, caveats: [], interval: interval,
      tests: peaks.map { id, peak in
        TestRun.Test(
          id: id, outcome: "passed", peak: peak, allocated: peak, allocations: 1, lines: lines)
      })
  }

  private func change(
    _ before: [(String, Int)], _ after: [(String, Int)], _ allowance: Allowance = .percent(5),
    least: Int = 1 << 16
  ) -> TestRunChange {
    TestRunChange(run(before), run(after), allowance, least: least)
  }

  @Test("What grew by more than both bounds is named, the largest growth first")
  func grown() {
    let change = change(
      [("a", 10 * Self.mebibyte), ("b", 1000), ("c", 4 * Self.mebibyte), ("d", 8 * Self.mebibyte)],
      [
        ("a", 11 * Self.mebibyte), ("b", 60_000), ("c", 6 * Self.mebibyte),
        ("d", 8 * Self.mebibyte + 400_000),
      ])
    #expect(change.grown.map(\.id) == ["c", "a"])
    #expect(change.grown.map(\.peak.amount) == [2 * Self.mebibyte, Self.mebibyte])
    #expect(change.others == 2)
    #expect(change.verdict("5%") == "2 of 4 tests grew by more than 5%")
  }

  @Test("The bounds themselves are allowed, and a byte more is not")
  func bounds() {
    let before = [("a", 2_000_000)]
    #expect(change(before, [("a", 2_100_000)], least: 1).grown.isEmpty)
    #expect(change(before, [("a", 2_100_001)], least: 1).grown.count == 1)
    #expect(change(before, [("a", 2_200_000)], least: 200_001).grown.isEmpty)
    #expect(change(before, [("a", 2_200_000)], least: 200_000).grown.count == 1)
    #expect(change(before, [("a", 1)], .amount(0), least: 1).grown.isEmpty)
    #expect(change(before, [("a", 2_000_001)], .amount(0), least: 1).grown.count == 1)
  }

  @Test("A test that is new or gone fails nothing, and is named")
  func newAndGone() {
    let change = change([("a", 1), ("old", 1)], [("a", 1), ("new", 99), ("newer", 5)])
    #expect(change.grown.isEmpty)
    #expect(change.new.map(\.id) == ["new", "newer"])
    #expect(change.gone == ["old"])
    let text = change.report("5%", style: Style()).joined(separator: "\n")
    #expect(text.contains("None of 1 test grew by more than 5%."))
    #expect(text.contains("Not in the baseline: 2 tests, the largest new with 99 B."))
    #expect(text.contains("In the baseline alone: old."))
  }

  @Test("Where nothing can be compared, that is a failure")
  func nothing() {
    let judgement = TestRunJudgement(
      before: TestRunDocument(run: run([("a", 1)])), after: TestRunDocument(run: run([("b", 1)])),
      .percent(5), least: 1, allowed: "5%")
    #expect(judgement.isFailed)
    #expect(judgement.words == "no test of the baseline was measured")
  }

  @Test("A baseline of another Python, or of another way to record, is said")
  func others() {
    let before = run([("a", 1)], python: "3.11.7", interval: 4096)
    let change = TestRunChange(before, run([("a", 1)]), .percent(5), least: 1)
    #expect(change.caveats.count == 2)
    #expect(change.caveats[0].contains("3.11.7"))
  }

  @Test("Markdown shows the tests and their lines, and obeys no name")
  func markdown() {
    let judgement = TestRunJudgement(
      before: TestRunDocument(run: run([("t.py::test_a[|x`]", 1)])),
      after: TestRunDocument(run: run([("t.py::test_a[|x`]", 5_000_000)])), .percent(5), least: 1,
      allowed: "5%")
    let rows = judgement.markdown(style: Style()).split(separator: "\n")
    #expect(
      rows.contains(
        "| 1 B | 4.77 MiB | +4.77 MiB | +499,999,900 % | <code>t&#46;py&#58;&#58;test&#95;a&#91;&#124;x&#96;&#93;</code> |"
      ))
    #expect(rows.contains("| | 9 B | | | `load.py:14 load  x = 1` |"))
  }
}
