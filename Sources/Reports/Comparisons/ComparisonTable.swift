// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The table of alternatives side by side: of each figure the median, how it stands beside the best,
/// and below it the least and the most of the runs.
struct ComparisonTable {
  private let style: Style
  private let alternatives: [Comparison.Alternative]
  private let measures: [Measure]

  /// One figure of all alternatives.
  private struct Measure {
    var heading: String
    var text: (Double) -> String
    var spreads: [Spread?]
    var ranks: [Rank]
  }

  init(comparison: Comparison, style: Style) {
    self.style = style
    alternatives = comparison.alternatives
    func measure(
      _ heading: String, _ text: @escaping (Double) -> String,
      _ figure: (Comparison.Run) -> Double
    ) -> Measure {
      let spreads = comparison.alternatives.map { alternative in
        alternative.error == nil ? Spread(alternative.runs.map(figure)) : nil
      }
      return Measure(heading: heading, text: text, spreads: spreads, ranks: Rank.all(spreads))
    }
    let size = { (bytes: Double) in style.sizeCell(Int(clamped: bytes)) }
    let count = { (number: Double) in Digits.grouped(Int(clamped: number)) }
    measures = [
      measure("Own peak", size) { Double($0.ownPeak) },
      measure("Retained", size) { Double($0.retained) },
      measure("Allocated", size) { Double($0.allocated) },
      measure("Allocations", count) { Double($0.allocations) },
      measure("Time", { style.timeCell($0) }, \.seconds),
    ]
  }

  // MARK: - The table

  func rows() -> [String] {
    // In a narrow terminal the least telling figures give way.
    var shown = measures
    var left: [String] = []
    for heading in ["Allocations", "Allocated", "Retained"] {
      guard let width = style.width, grid(of: shown).leastWidth() > width else { break }
      shown.removeAll { $0.heading == heading }
      left.insert(heading, at: 0)
    }
    let grid = grid(of: shown)
    var rows = grid.rows.isEmpty ? [] : grid.render(in: style)
    for (index, alternative) in alternatives.enumerated() where !isMeasured(alternative) {
      let reason = alternative.error.map { DisplayWidth.shown($0) } ?? "it was not run."
      rows += DisplayWidth.wrap("\(name(index)): \(reason)", to: style.width).map {
        Tone.warm.paint($0, in: style)
      }
    }
    if !left.isEmpty, !grid.rows.isEmpty {
      rows += DisplayWidth.wrap(
        "(too narrow for: \(left.joined(separator: ", ")))", to: style.width
      )
      .map { Tone.quiet.paint($0, in: style) }
    }
    return rows
  }

  private func grid(of measures: [Measure]) -> Grid {
    var columns = [Grid.Column(heading: "Alternative", isText: true)]
    for measure in measures {
      columns.append(Grid.Column(heading: measure.heading, gap: 3))
      columns.append(Grid.Column(heading: "", isText: true, gap: 1))
    }
    var grid = Grid(columns: columns, elastic: (0, 11))
    for (index, alternative) in alternatives.enumerated() where isMeasured(alternative) {
      let name = Grid.Cell(text: name(index), tone: .bold)
      grid.rows.append(.cells([name] + measures.flatMap { medians(of: $0, at: index) }))
      let ranges = measures.flatMap { self.ranges(of: $0, at: index) }
      if ranges.contains(where: { !$0.text.isEmpty }) {
        grid.rows.append(.cells([.blank] + ranges))
      }
    }
    return grid
  }

  private func isMeasured(_ alternative: Comparison.Alternative) -> Bool {
    alternative.error == nil && !alternative.runs.isEmpty
  }

  private func medians(of measure: Measure, at index: Int) -> [Grid.Cell] {
    guard let spread = measure.spreads[index] else { return [.blank, .blank] }
    let mark: (String, Tone) =
      switch measure.ranks[index] {
      case .best: ("best", .good)
      case .close: (style.about, .plain)
      case .same: ("=", .quiet)
      case .behind(let ratio?): (style.ratio(ratio) + style.times, .plain)
      case .behind(nil), .none: ("", .plain)
      }
    return [
      Grid.Cell(text: measure.text(spread.median), tone: mark.1 == .good ? .good : .plain),
      Grid.Cell(text: mark.0, tone: mark.1),
    ]
  }

  /// The least and the most of the runs, where there is a difference that can be seen.
  private func ranges(of measure: Measure, at index: Int) -> [Grid.Cell] {
    guard let spread = measure.spreads[index], spread.least < spread.most else {
      return [.blank, .blank]
    }
    let ends = [spread.least, spread.most].map(measure.text)
    guard ends[0] != ends[1] else { return [.blank, .blank] }
    return [Grid.Cell(text: joined(ends[0], ends[1]), tone: .quiet), .blank]
  }

  /// Two figures as a range; a unit that both have is written once.
  private func joined(_ least: String, _ most: String) -> String {
    let first = least.split(separator: " ")
    let second = most.split(separator: " ")
    let sharesUnit = first.count == 2 && second.count == 2 && first[1] == second[1]
    let from = sharesUnit ? String(first[0]) : first.joined(separator: " ")
    return from + style.dash + most
  }

  // MARK: - Words

  /// Which is lowest and which is fastest, where the runs decide it.
  func finding() -> String? {
    let lowest = winner(measures[0])
    let fastest = winner(measures[4])
    switch (lowest, fastest) {
    case (nil, nil): return nil
    case (let low?, nil): return "\(name(low)) has the lowest peak\(margin(measures[0], low))."
    case (nil, let fast?): return "\(name(fast)) is the fastest\(margin(measures[4], fast))."
    case (let low?, let fast?) where low == fast:
      return "\(name(low)) has the lowest peak\(margin(measures[0], low)) and is the fastest"
        + "\(margin(measures[4], fast))."
    case (let low?, let fast?):
      return "\(name(low)) has the lowest peak\(margin(measures[0], low)), \(name(fast)) is the "
        + "fastest\(margin(measures[4], fast))."
    }
  }

  /// What the marks mean, those that are there.
  func legend() -> [String] {
    let ranks = measures.flatMap(\.ranks)
    var sentences: [String] = []
    if alternatives.contains(where: { $0.error == nil && $0.runs.count > 1 }) {
      sentences.append("Medians of all runs, below them the least and the most.")
    }
    if ranks.contains(.close) {
      sentences.append(
        "\(style.about)  the runs overlap those of the lowest: no difference is shown.")
    }
    return sentences
  }

  /// The best by a figure.
  ///
  /// Of one run each nothing is known of the spread, so that times are not compared in words.
  private func winner(_ measure: Measure) -> Int? {
    guard let index = measure.ranks.firstIndex(of: .best) else { return nil }
    let isTime = measure.heading == "Time"
    if isTime, measure.spreads.contains(where: { ($0?.count ?? 2) < 2 }) { return nil }
    return index
  }

  /// How far the next is behind.
  private func margin(_ measure: Measure, _ index: Int) -> String {
    guard let best = measure.spreads[index], best.median > 0 else { return "" }
    let others = measure.spreads.enumerated().filter { $0.offset != index }
    let next = others.compactMap(\.element).min { $0.median < $1.median }
    let size = measure.text(best.median).split(separator: " ").joined(separator: " ")
    guard let next else { return " (\(size))" }
    return " (\(size), the next \(style.ratio(next.median / best.median))\(style.times))"
  }

  private func name(_ index: Int) -> String { DisplayWidth.shown(alternatives[index].name) }
}

extension Int {
  /// The nearest whole number that there is.
  init(clamped value: Double) {
    let limit = 9e18
    let rounded = value.rounded()
    self = rounded >= limit ? .max : rounded <= -limit ? .min : Int(exactly: rounded) ?? 0
  }
}
