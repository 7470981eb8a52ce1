// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// Whether the tests of a run hold more than they may, beside a run that is kept: docs/format.md has the
/// form of both, `pytest --peakline-json` writes it.
package struct TestRunJudgement {
  private let change: TestRunChange
  private let allowed: String

  /// Compares two documents.
  ///
  /// A test may grow by `allowance`, and by less than `least` bytes in any case; `allowed` is both in words.
  package init(
    before: TestRunDocument, after: TestRunDocument, _ allowance: Allowance, least: Int,
    allowed: String
  ) {
    change = TestRunChange(before.run, after.run, allowance, least: least)
    self.allowed = allowed
  }

  /// Whether a test grew by more than it may, or none could be compared.
  package var isFailed: Bool { !change.grown.isEmpty || change.others == 0 }

  /// As a sentence, without a full stop.
  package var words: String { change.verdict(allowed) }

  package func text(style: Style) -> String {
    change.report(allowed, style: style).map { $0 + "\n" }.joined()
  }

  package func markdown(style: Style) -> String {
    let plain = Style(unicode: style.unicode, precision: style.precision)
    return change.markdown(allowed, style: plain).map { $0 + "\n" }.joined()
  }
}

/// What the tests of a run held.
package struct TestRunDocument {
  let run: TestRun

  init(run: TestRun) { self.run = run }

  /// Reads a document; throws if it is none of tests.
  package init(json bytes: [UInt8]) throws(ReportFailure) {
    guard case .tests(let run) = try Document(json: bytes) else { throw .notOfTests }
    self.run = run
  }
}
