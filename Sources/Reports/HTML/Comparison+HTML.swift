// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension Comparison {
  /// The report: the table with its sentence, what failed, the caveats; below them the lines of
  /// alternatives that have them, side by side.
  func html(_ choice: ColumnChoice, style: Style) throws(ReportFailure) -> Markup {
    let cells = ComparisonCells(self, style: style)
    var markup = Markup()
    if alternatives.indices.contains(where: cells.isMeasured) { markup.comparison(cells) }
    for failure in cells.failures() { markup.sentence(failure, .warm) }
    for sentence in cells.legend() { markup.sentence(sentence, .quiet) }
    for caveat in caveats { markup.sentence("NOTE: " + caveat, .warm) }
    let profiles = lineProfiles()
    guard !profiles.isEmpty else { return markup }
    let scales = BarScales(profiles.map(\.lines), isShared: true)
    var tables: [(name: String, table: Markup)] = []
    for (name, lines) in profiles {
      tables.append((name, try lines.html(choice, style: style, scales: scales)))
    }
    markup.element("div", class: "pk-beside") { beside in
      for (name, table) in tables {
        beside.element("section") { section in
          section.element("div", class: "pk-name") { $0.text("Lines of \(name)") }
          section.newline()
          section.append(table)
        }
        beside.newline()
      }
    }
    return markup
  }
}

extension Markup {
  fileprivate mutating func comparison(_ cells: ComparisonCells) {
    table { table in
      if let finding = cells.finding() {
        table.caption { caption in caption.element("div") { $0.text(finding) } }
      }
      table.element("thead") { head in
        head.element("tr") { row in
          row.heading("Alternative", isText: true, title: "what was run")
          for measure in cells.measures {
            row.heading(measure.heading, title: measure.help)
            row.element("td")
          }
        }
      }
      table.newline()
      table.element("tbody") { body in
        for index in cells.alternatives.indices where cells.isMeasured(index) {
          body.element("tr") { row in
            row.element(
              "th", class: "pk-compared",
              style: "text-align:left;vertical-align:top;white-space:nowrap", scope: "row"
            ) { $0.text(cells.name(index)) }
            for measure in cells.measures { row.figure(measure, at: index, cells) }
          }
          body.newline()
        }
      }
    }
  }

  /// The median with the spread below it; beside it how it stands, with a bar below that.
  private mutating func figure(
    _ measure: ComparisonCells.Measure, at index: Int, _ cells: ComparisonCells
  ) {
    guard let spread = measure.spreads[index] else {
      element("td")
      element("td")
      return
    }
    let mark = cells.mark(of: measure, at: index)
    let tone: Tone = mark.tone == .good ? .good : .plain
    element(
      "td", class: "pk-compared", style: "text-align:right;vertical-align:top;white-space:pre"
    ) { cell in
      cell.element("div", class: tone.className) { $0.text(measure.text(spread.median)) }
      if let range = cells.range(of: measure, at: index) {
        cell.element("div", class: "pk-quiet") { $0.text(range) }
      }
    }
    element(
      "td", class: "pk-compared pk-slot",
      style: "text-align:left;vertical-align:top;white-space:nowrap"
    ) { cell in
      cell.element("div", class: mark.tone.className) { $0.text(mark.text) }
      let largest = measure.spreads.reduce(0) { max($0, $1?.median ?? 0) }
      cell.element("div") { bar in
        bar.bar(spread.median, of: largest, width: 5, tone: tone)
      }
    }
  }
}
