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
    if let bars = cells.barLegend { markup.sentence(bars, .quiet) }
    for sentence in cells.legend() { markup.sentence(sentence, .quiet) }
    for caveat in caveats { markup.sentence("NOTE: " + caveat, .warm) }
    let profiles = lineProfiles()
    guard !profiles.isEmpty else { return markup }
    ComparisonCurves(profiles, style: style)?.write(to: &markup)
    var tables: [(name: String, table: Markup)] = []
    for (index, (name, lines)) in profiles.enumerated() {
      let others = profiles.enumerated().filter { $0.offset != index }.map(\.element.lines)
      tables.append((name, try lines.html(choice, style: style, beside: others)))
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
    table("Alternatives", class: "pk-compare") { table in
      table.caption(class: "pk-gives-way") { caption in
        if let finding = cells.finding() ?? cells.tie {
          caption.element("div", class: "pk-lead") { $0.text(finding) }
        }
      }
      table.element("thead") { head in
        head.element("tr") { row in
          row.heading("Alternative", isText: true, title: "what was run")
          for measure in cells.measures {
            row.heading(measure.heading, kind: measure.kind, title: measure.help)
            row.element("td", class: measure.kind)
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

  /// The median with the spread below it; beside it how it stands, with a bar below that of what is
  /// compared first.
  private mutating func figure(
    _ measure: ComparisonCells.Measure, at index: Int, _ cells: ComparisonCells
  ) {
    guard let spread = measure.spreads[index] else {
      element("td", class: measure.kind)
      element("td", class: measure.kind)
      return
    }
    let mark = cells.mark(of: measure, at: index)
    let tone: Tone = mark.tone == .good ? .good : .plain
    element(
      "td", class: "pk-compared \(measure.kind)",
      style: "text-align:right;vertical-align:top;white-space:pre"
    ) { cell in
      cell.element("div", class: tone == .good ? "pk-good pk-bold" : "") {
        $0.text(measure.text(spread.median))
      }
      if let range = cells.range(of: measure, at: index) {
        cell.element("div", class: "pk-quiet") { $0.text(range) }
      }
    }
    element(
      "td", class: "pk-compared pk-standing \(measure.kind)",
      style: "text-align:left;vertical-align:top;white-space:nowrap"
    ) { cell in
      if let width = measure.barWidth {
        let isPeak = measure.heading == "Own peak"
        let bar = ComparisonBar(
          spread: spread, scale: cells.scale(of: measure), width: width,
          marked: isPeak ? cells.measures[1].spreads[index]?.median : nil, tone: tone)
        bar.write(to: &cell)
      }
      cell.element("div", class: mark.tone.className) { cell in
        cell.text(mark.text)
        if measure.heading == "Own peak", case .behind(_?) = measure.ranks[index] {
          cell.text(" the lowest")
        }
      }
    }
  }
}

extension ComparisonCells {
  /// Of the peak, who need about the same where nobody needs least.
  fileprivate var tie: String? {
    let ranks = measures[0].ranks
    let tied = ranks.indices.filter { ranks[$0] == .close || ranks[$0] == .same }
    guard tied.count > 1 else { return nil }
    let names =
      tied.dropLast().map(name).joined(separator: ", ") + " and " + name(tied[tied.count - 1])
    let ratios = ranks.indices.compactMap { index -> (Int, Double)? in
      if case .behind(let ratio?) = ranks[index] { (index, ratio) } else { nil }
    }
    let worst = ratios.max { $0.1 < $1.1 }
    let more =
      worst.map { "; \(name($0.0)) needs \(style.ratio($0.1))\(style.times) as much" } ?? ""
    let isSame = tied.allSatisfy { ranks[$0] == .same }
    return isSame
      ? "\(names) need the same at the peak\(more)."
      : "At the peak the runs of \(names) overlap: no winner can be named\(more)."
  }

  /// What the bars show, those parts that there are; nil where nothing was measured.
  fileprivate var barLegend: String? {
    guard alternatives.indices.contains(where: isMeasured) else { return nil }
    let barred = measures.filter { $0.barWidth != nil }.flatMap(\.spreads).compactMap { $0 }
    let whisker =
      barred.contains { $0.least < $0.most }
      ? ", with a line from the least to the most of the runs" : ""
    let mark =
      measures[1].spreads.contains { ($0?.median ?? 0) > 0 }
      ? "; an upright mark is what was retained" : ""
    return "Bars are medians\(whisker)\(mark)."
  }

  /// The most of all runs.
  fileprivate func scale(of measure: Measure) -> Double {
    measure.spreads.reduce(0) { max($0, $1?.most ?? 0) }
  }
}

extension ComparisonCells.Measure {
  /// The width of its bar in ems, where it has one: what people compare for.
  fileprivate var barWidth: Double? { ["Own peak": 12, "Time": 7][heading] }

  /// The class of what gives way where there is little room.
  fileprivate var kind: String {
    ["Allocated": "pk-next-to-go", "Allocations": "pk-first-to-go", "Retained": "pk-last-to-go"][
      heading] ?? ""
  }
}
