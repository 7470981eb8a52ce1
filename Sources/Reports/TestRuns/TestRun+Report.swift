// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension TestRun {
  /// The report in rows: a table of the tests, the highest peak first, each with its lines; the caveats.
  func report(style: Style) -> [String] {
    var rows = tests.isEmpty ? ["No test was measured."] : table(style).render(in: style)
    if !caveats.isEmpty { rows.append("") }
    for caveat in caveats {
      rows += DisplayWidth.wrap(DisplayWidth.shown("NOTE: " + caveat), to: style.width).map {
        Tone.warm.paint($0, in: style)
      }
    }
    return rows
  }

  private func table(_ style: Style) -> Grid {
    var grid = Grid(columns: [
      Grid.Column(heading: "Peak"), Grid.Column(heading: "Allocated"),
      Grid.Column(heading: "Count"), Grid.Column(heading: "Test", isText: true),
    ])
    let sorted = tests.sorted { ($1.peak, $0.id) < ($0.peak, $1.id) }
    let all = sorted.map { figures(of: $0, style) }
    let used = all.reduce(Array(repeating: 9, count: 3)) { widest, cells in
      zip(widest, cells).map { max($0, DisplayWidth.of($1.text)) }
    }
    let room = style.width.map { max(16, $0 - used.reduce(0) { $0 + $1 + 2 }) } ?? .max
    for (test, cells) in zip(sorted, all) {
      let title = Grid.Cell(text: name(of: test, room, style), tone: .bold)
      grid.rows.append(.cells(cells + [title]))
      grid.rows += (test.lines ?? []).map { .cells(self.cells(of: $0, style)) }
    }
    grid.elastic = (3, 16)
    return grid
  }

  private func figures(of test: Test, _ style: Style) -> [Grid.Cell] {
    [
      Grid.Cell(text: style.sizeCell(test.peak), tone: .bold),
      Grid.Cell(text: style.sizeCell(test.allocated)),
      Grid.Cell(text: Digits.grouped(test.allocations)),
    ]
  }

  /// Its id, of which the end says more, and what became of it if that is not the usual.
  private func name(of test: Test, _ room: Int, _ style: Style) -> String {
    let outcome = test.outcome == "passed" ? "" : DisplayWidth.shown(" \(test.outcome)")
    let id = DisplayWidth.shown(test.id)
    let left = room == .max ? room : max(8, room - DisplayWidth.of(outcome))
    return DisplayWidth.fitEnd(id, to: left, mark: style.ellipsis) + outcome
  }

  /// A line, its text behind it: the ids of tests are too long for another column.
  private func cells(of line: Line, _ style: Style) -> [Grid.Cell] {
    return [
      Grid.Cell(text: style.sizeCell(line.held), tone: .quiet), .blank, .blank,
      Grid.Cell(text: "  " + line.title),
    ]
  }
}

extension TestRun.Line {
  /// Where it is, and its text behind it.
  var title: String {
    var name = function
    if let file, let line { name = "\(file):\(line) \(name)" }
    let code = DisplayWidth.shown(source ?? "").drop { $0 == " " }
    return DisplayWidth.shown(name) + (code.isEmpty ? "" : "  " + code)
  }
}
