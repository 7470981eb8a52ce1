// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tool

/// What `peakline report` takes, and what it refuses.
@Suite struct ReportCommandTests {
  @Test func `HTML goes with columns and a precision`() throws {
    let words = ["--html", "--columns", "line,code", "--precision", "2", "a.json"]
    let command = try ShowReport.parse(words)
    #expect(command.html)
    #expect(command.columns == "line,code")
    #expect(command.display.precision == 2)
    #expect(try !ShowReport.parse(["a.json"]).html)
  }

  @Test(arguments: [["--width", "80"], ["--color", "always"], ["--color", "never"]])
  func `HTML has the width and the colours of its page`(words: [String]) {
    let error = #expect(throws: (any Error).self) {
      try ShowReport.parse(["--html"] + words + ["a.json"])
    }
    let sentence = error.map { ShowReport.message(for: $0) } ?? ""
    #expect(sentence.contains("leave out --width and --color"))
  }
}
