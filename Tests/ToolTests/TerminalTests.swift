// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Reports
import Testing

@testable import Tool

/// How a report looks where, from a terminal and an environment that the test makes up.
@Suite struct TerminalTests {
  private func style(
    terminal: Bool = true, columns: Int? = 120, _ environment: [String: String] = ["TERM": "xterm"],
    color: ColorChoice = .auto, width: Int? = nil
  ) -> Style {
    Terminal(isTerminal: terminal, columns: columns, environment: { environment[$0] })
      .style(color: color, width: width, precision: nil)
  }

  @Test func `a terminal gets colours, bars and its own width`() {
    #expect(style() == Style(width: 120, color: true, bars: true))
  }

  @Test func `a pipe gets plain rows of any length`() {
    let columns = ["COLUMNS": "60"]
    #expect(style(terminal: false, columns: nil, columns) == Style())
  }

  @Test func `NO_COLOR takes the colours and leaves the bars, unless it is empty`() {
    #expect(style(["NO_COLOR": "1"]) == Style(width: 120, bars: true))
    #expect(style(["NO_COLOR": ""]).color)
    #expect(style(["NO_COLOR": "1"], color: .always).color)
  }

  @Test func `a dumb terminal gets neither`() {
    #expect(style(["TERM": "dumb"]) == Style(width: 120))
  }

  @Test func `COLUMNS wins over the terminal, and nonsense in it does not`() {
    #expect(style(["COLUMNS": "60"]).width == 60)
    for nonsense in ["", "0", "-5", "wide"] {
      #expect(style(["COLUMNS": nonsense]).width == 120)
    }
    #expect(style(columns: nil).width == 80)
    #expect(style(columns: 3).width == 20)
  }

  @Test func `a width that was asked for makes a pipe a terminal without colours`() {
    #expect(style(terminal: false, columns: nil, width: 90) == Style(width: 90, bars: true))
    #expect(style(terminal: false, columns: nil, color: .always).bars)
  }

  @Test(
    arguments: [
      ([:], true), (["LANG": "C"], true), (["LANG": "en_GB.UTF-8"], true),
      (["LANG": "en_GB.utf8@euro"], true), (["LANG": "de_DE.ISO-8859-1"], false),
      (["LANG": "de_DE.ISO-8859-1", "LC_ALL": "C.UTF-8"], true), (["LC_ALL": "C.ASCII"], false),
    ] as [([String: String], Bool)])
  func `bars need a locale that can write them`(environment: [String: String], are: Bool) {
    #expect(style(environment).unicode == are)
    #expect(style(environment).bars == are)
  }
}
