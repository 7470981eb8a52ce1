// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What the tests of a run held more than those of another, by the tests' ids.
struct TestRunChange {
  /// A test of either run, or of both.
  struct Test {
    var id: String
    /// Bytes at its peak; of one that is new the former are nothing.
    var peak: Change
    /// The lines that held them, as far as they are known.
    var lines: [TestRun.Line]
  }

  /// In both runs: those that grew by more than they may, and how many others there are.
  private(set) var grown: [Test] = []
  private(set) var others = 0
  /// In one of them only.
  private(set) var new: [Test] = []
  private(set) var gone: [String] = []
  /// Sentences that limit what is said.
  private(set) var caveats: [String] = []

  /// Compares two runs; a test may grow by `allowance`, and by less than `least` bytes in any case.
  init(_ before: TestRun, _ after: TestRun, _ allowance: Allowance, least: Int) {
    // The same id twice: of a test that was run again the last counts.
    var former = Dictionary(before.tests.map { ($0.id, $0.peak) }, uniquingKeysWith: { $1 })
    let latter = Dictionary(after.tests.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    for test in latter.values {
      let known = former.removeValue(forKey: test.id)
      let change = Change(before: known ?? 0, after: test.peak)
      let one = Test(id: test.id, peak: change, lines: test.lines ?? [])
      if known == nil {
        new.append(one)
      } else if change.amount >= least, allowance.isExceeded(by: change) {
        grown.append(one)
      } else {
        others += 1
      }
    }
    grown.sort { ($1.peak.amount, $0.id) < ($0.peak.amount, $1.id) }
    new.sort { ($1.peak.after, $0.id) < ($0.peak.after, $1.id) }
    gone = former.keys.sorted()
    if before.python != after.python {
      caveats.append(
        "the baseline is of Python \(before.python), and the tests ran on \(after.python)")
    }
    if before.interval != after.interval {
      caveats.append("one of the two runs was sampled, or more coarsely than the other")
    }
    caveats += after.caveats
  }
}
