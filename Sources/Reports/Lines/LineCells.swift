// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What stands in the table of a function's lines, whatever the table is drawn with: the texts, how
/// loud each is, what the bars stand for, the sums.
///
/// What is large is loud and what is nothing is quiet; a line that did not run has no figures at all.
struct LineCells {
  let function: LineProfile.Function
  let figures: FunctionFigures
  let isHeap: Bool
  let style: Style
  /// What a full bar stands for: the increment and the own peak have one scale, to be compared.
  let scale: UInt
  /// The largest increment or own peak in the whole report: what is small beside it is not loud, even
  /// where it is the largest of its own function.
  private let largest: UInt
  /// The weight of the heaviest line, by column.
  private let heaviest: [Column: Double]
  /// The spaces that all lines begin with.
  private let sharedIndentation: Int

  init(
    _ function: LineProfile.Function, _ figures: FunctionFigures, isHeap: Bool, scales: BarScales,
    style: Style
  ) {
    self.function = function
    self.figures = figures
    self.isHeap = isHeap
    self.style = style
    largest = scales.largest
    scale = scales.isShared ? scales.largest : figures.ran.reduce(0) { max($0, $1.weight) }
    heaviest = Dictionary(
      uniqueKeysWithValues: Column.allCases.map { column in
        (column, figures.ran.compactMap(column.weight(of:)).max() ?? 0)
      })
    sharedIndentation =
      function.lines.compactMap { line -> Int? in
        guard let source = line.source.map({ DisplayWidth.shown($0) }) else { return nil }
        let indentation = source.prefix { $0 == " " }.count
        return indentation == source.count ? nil : indentation
      }.min() ?? 0
  }

  // MARK: - Cells

  func text(_ column: Column, of line: LineProfile.Line) -> String {
    column == .code ? code(of: line) : column.text(of: line, in: style)
  }

  func tone(_ column: Column, of line: LineProfile.Line) -> Tone {
    if column == .code { return line.ran ? .plain : .quiet }
    guard let weight = column.weight(of: line) else { return column == .line ? .quiet : .plain }
    let heaviest = heaviest[column] ?? 0
    if weight == 0 || weight < heaviest / 100 { return .quiet }
    if let size = column.size(of: line), size < 0 { return .good }
    switch column {
    case .increment, .ownPeak:
      if weight < Double(largest) / 20 { return .plain }
      return weight >= heaviest / 2 ? .hot : weight >= heaviest / 10 ? .warm : .plain
    default:
      return weight >= heaviest / 2 ? .bold : .plain
    }
  }

  /// Whether a bar stands beside the figures of a column.
  static func hasBar(_ column: Column) -> Bool { column == .increment || column == .ownPeak }

  /// The size that a line's bar stands for, to be drawn on `scale`.
  func bar(_ column: Column, of line: LineProfile.Line) -> Int {
    line.ran ? column.size(of: line) ?? 0 : 0
  }

  /// The text of a line, without the indentation that all lines share.
  private func code(of line: LineProfile.Line) -> String {
    guard let source = line.source else { return "<source unavailable>" }
    return String(DisplayWidth.shown(source).dropFirst(sharedIndentation))
  }

  // MARK: - Sums

  /// The last row, nil where sums would be wrong or say nothing new.
  ///
  /// The own peak is that of the whole call, where the lines tell it: peaks have no sum. Nor has the
  /// usage, and what other threads did, which threads that ran at once have all seen.
  func sums(of columns: [Column]) -> [String]? {
    guard figures.ran.count > 1, !figures.isRecursive else { return nil }
    let texts = columns.map { sum(of: $0, in: columns) }
    let isEmpty = zip(columns, texts).allSatisfy { column, text in
      text.isEmpty || column == .line || column == .code
    }
    return isEmpty ? nil : texts
  }

  private func sum(of column: Column, in columns: [Column]) -> String {
    switch column {
    case .line: return "Sum"
    case .code:
      let hasPeak = columns.contains(.ownPeak) && figures.peak != nil
      return hasPeak ? "(own peak: of the whole call)" : ""
    case .usage, .others, .occurrences: return ""
    case .ownPeak: return figures.peak.map { style.sizeCell($0.bytes) } ?? ""
    case .count: return Digits.grouped(figures.sum(\.allocations))
    case .time: return style.timeCell(figures.ran.reduce(0) { $0 + $1.seconds })
    case .increment, .allocated, .freed, .rss, .python, .requested:
      return style.sizeCell(figures.sum { column.size(of: $0) })
    }
  }
}

/// What the figures of a report are large or small beside.
struct BarScales: Equatable {
  /// The largest increment or own peak of all.
  var largest: UInt
  /// Whether a full bar is the largest of all, and not of the function alone: where the same work is
  /// shown twice, its bars are to be compared.
  var isShared = false

  init(_ profiles: [LineProfile], isShared: Bool = false) {
    largest = profiles.flatMap(\.functions).flatMap(\.lines).reduce(0) { max($0, $1.weight) }
    self.isShared = isShared
  }
}

extension LineProfile.Line {
  /// The larger of what it added, or gave back, and its own peak.
  var weight: UInt { ran ? max(increment.magnitude, ownPeak?.magnitude ?? 0) : 0 }
}
