// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `peakline doctor`: looks at everything that Peakline stands on, and says what to do about the rest.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that everything Peakline needs is in place.",
    discussion: """
      Exits with 0 when all is well, with 1 when something needs attention. \
      The Python that it examines is the one that 'peakline profile' uses: \
      $PEAKLINE_PYTHON, else the python3 beside this program, else the first on PATH.
      """
  )

  @Flag(help: "Print the findings as JSON.")
  var json = false

  func run() throws {
    let findings = Checkup.run()
    print(json ? Finding.json(findings) : Finding.text(findings))
    if findings.contains(where: { $0.state == .bad }) { throw Failure.unhealthy }
  }
}
