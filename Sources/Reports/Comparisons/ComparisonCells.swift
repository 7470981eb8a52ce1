// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What a comparison shows, whatever it is drawn with: of each figure the median, how it stands beside
/// the best, the least and the most of the runs; and what of it can be said in words.
struct ComparisonCells {
  let style: Style
  let alternatives: [Comparison.Alternative]
  let measures: [Measure]

  /// One figure of all alternatives.
  struct Measure {
    var heading: String
    var help: String
    var text: (Double) -> String
    var spreads: [Spread?]
    var ranks: [Rank]
  }

  init(_ comparison: Comparison, style: Style) {
    self.style = style
    alternatives = comparison.alternatives
    func measure(
      _ heading: String, _ help: String, _ text: @escaping (Double) -> String,
      _ figure: (Comparison.Run) -> Double
    ) -> Measure {
      let spreads = comparison.alternatives.map { alternative in
        alternative.error == nil ? Spread(alternative.runs.map(figure)) : nil
      }
      return Measure(
        heading: heading, help: help, text: text, spreads: spreads, ranks: Rank.all(spreads))
    }
    let size = { (bytes: Double) in style.sizeCell(Int(clamped: bytes)) }
    let count = { (number: Double) in Digits.grouped(Int(clamped: number)) }
    measures = [
      measure("Own peak", "the most that the heap stood above where it was at the start", size) {
        Double($0.ownPeak)
      },
      measure("Retained", "what of it was still in use at the end", size) { Double($0.retained) },
      measure("Allocated", "bytes of all blocks that were allocated meanwhile", size) {
        Double($0.allocated)
      },
      measure("Allocations", "how many blocks were allocated meanwhile", count) {
        Double($0.allocations)
      },
      measure("Time", "how long it took", { style.timeCell($0) }, \.seconds),
    ]
  }

  // MARK: - Cells

  func name(_ index: Int) -> String { DisplayWidth.shown(alternatives[index].name) }

  func isMeasured(_ index: Int) -> Bool {
    alternatives[index].error == nil && !alternatives[index].runs.isEmpty
  }

  /// How a median stands beside the best, in a word or a sign.
  func mark(of measure: Measure, at index: Int) -> (text: String, tone: Tone) {
    switch measure.ranks[index] {
    case .best: ("best", .good)
    case .close: (style.about, .plain)
    case .same: ("=", .quiet)
    case .behind(let ratio?): (style.ratio(ratio) + style.times, .plain)
    case .behind(nil), .none: ("", .plain)
    }
  }

  /// The least and the most of the runs, where there is a difference that can be seen.
  func range(of measure: Measure, at index: Int) -> String? {
    guard let spread = measure.spreads[index], spread.least < spread.most else { return nil }
    let ends = [spread.least, spread.most].map(measure.text)
    return ends[0] == ends[1] ? nil : joined(ends[0], ends[1])
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

  /// Of each alternative without figures, why.
  func failures() -> [String] {
    alternatives.indices.filter { !isMeasured($0) }.map { index in
      let reason = alternatives[index].error.map { DisplayWidth.shown($0) } ?? "it was not run."
      return "\(name(index)): \(reason)"
    }
  }

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
}

extension Int {
  /// The nearest whole number that there is.
  init(clamped value: Double) {
    let limit = 9e18
    let rounded = value.rounded()
    self = rounded >= limit ? .max : rounded <= -limit ? .min : Int(exactly: rounded) ?? 0
  }
}
