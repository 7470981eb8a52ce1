// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The table of alternatives side by side in rows of text: of each figure the median, how it stands
/// beside the best, and below it the least and the most of the runs.
struct ComparisonTable {
  let cells: ComparisonCells
  private var style: Style { cells.style }

  func rows() -> [String] {
    // In a narrow terminal the least telling figures give way.
    var shown = cells.measures
    var left: [String] = []
    for heading in ["Allocations", "Allocated", "Retained"] {
      guard let width = style.width, grid(of: shown).leastWidth() > width else { break }
      shown.removeAll { $0.heading == heading }
      left.insert(heading, at: 0)
    }
    let grid = grid(of: shown)
    var rows = grid.rows.isEmpty ? [] : grid.render(in: style)
    for failure in cells.failures() {
      rows += DisplayWidth.wrap(failure, to: style.width).map { Tone.warm.paint($0, in: style) }
    }
    if !left.isEmpty, !grid.rows.isEmpty {
      rows += DisplayWidth.wrap(
        "(too narrow for: \(left.joined(separator: ", ")))", to: style.width
      )
      .map { Tone.quiet.paint($0, in: style) }
    }
    return rows
  }

  private func grid(of measures: [ComparisonCells.Measure]) -> Grid {
    var columns = [Grid.Column(heading: "Alternative", isText: true)]
    for measure in measures {
      columns.append(Grid.Column(heading: measure.heading, gap: 3))
      columns.append(Grid.Column(heading: "", isText: true, gap: 1))
    }
    var grid = Grid(columns: columns, elastic: (0, 11))
    for index in cells.alternatives.indices where cells.isMeasured(index) {
      let name = Grid.Cell(text: cells.name(index), tone: .bold)
      grid.rows.append(.cells([name] + measures.flatMap { medians(of: $0, at: index) }))
      let ranges = measures.map { cells.range(of: $0, at: index) }
      if ranges.contains(where: { $0 != nil }) {
        let texts = ranges.flatMap { [Grid.Cell(text: $0 ?? "", tone: .quiet), .blank] }
        grid.rows.append(.cells([.blank] + texts))
      }
    }
    return grid
  }

  private func medians(of measure: ComparisonCells.Measure, at index: Int) -> [Grid.Cell] {
    guard let spread = measure.spreads[index] else { return [.blank, .blank] }
    let mark = cells.mark(of: measure, at: index)
    return [
      Grid.Cell(text: measure.text(spread.median), tone: mark.tone == .good ? .good : .plain),
      Grid.Cell(text: mark.text, tone: mark.tone),
    ]
  }
}
