// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// The small picture of a function's memory along its lines.
@Suite struct LineCurveTests {
  @Test func `the marked line is shaded, also where lines are drawn in groups`() throws {
    for count in [299, 300, 301, 1000] {
      var function = function()
      function.lines = (1...count).map { number in
        var line = Line.ran(number, adds: kib)
        line.usage = number * kib
        return line
      }
      let curve = try #require(LineCurve(function, FunctionFigures(function)))
      for mark in [1, 2, 150, count - 1, count] {
        var markup = Markup()
        curve.write(heap: "The heap", mark: mark, style: Style(), to: &markup)
        let shade = try #require(
          markup.html.firstMatch(of: /pk-marked" x="([0-9.]+)" y="0.0" width="([0-9.]+)"/))
        let (x, width) = (try #require(Double(shade.1)), try #require(Double(shade.2)))
        // The middle of the line's own stretch, as far along as it is among all.
        let middle = (Double(mark) - 0.5) / Double(count) * 600
        #expect(abs(x + width / 2 - middle) <= width, "\(mark) of \(count)")
        #expect(markup.html.contains("(shaded: line \(mark))"))
      }
      var markup = Markup()
      curve.write(heap: "The heap", mark: count + 1, style: Style(), to: &markup)
      #expect(!markup.html.contains("pk-marked"))
    }
  }
}
