// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The table of a function's lines: what each cost, beside its text.
///
/// Numbers stand right, the text takes what room is left and is cut, never wrapped. What is large is
/// loud and what is nothing is quiet; a line that did not run has no figures at all.
struct LineTable {
  var columns: [Column]
  /// Whether somebody asked for these columns: then none of them gives way.
  let isChosen: Bool
  private let function: LineProfile.Function
  private let figures: FunctionFigures
  private let isHeap: Bool
  private let style: Style
  /// The largest increment or own peak in the whole report: what is small beside it is not loud, even
  /// where it is the largest of its own function.
  private let largest: UInt
  /// What a full bar stands for: the increment and the own peak have one scale, to be compared.
  private let scale: UInt
  /// The weight of the heaviest line, by column.
  private let heaviest: [Column: Double]
  /// The spaces that all lines begin with.
  private let sharedIndentation: Int

  init(
    _ function: LineProfile.Function, _ figures: FunctionFigures, columns: [Column],
    isChosen: Bool, isHeap: Bool, largest: UInt, style: Style
  ) {
    self.function = function
    self.figures = figures
    self.columns = columns
    self.isChosen = isChosen
    self.isHeap = isHeap
    self.largest = largest
    self.style = style
    scale = figures.ran.reduce(0) { max($0, $1.weight) }
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

  /// The table in rows of text, its sums below.
  func rows() -> [String] {
    var bar = style.bars ? 8 : 0
    var grid = grid(bar: bar)
    while let width = style.width, bar > 0, grid.leastWidth() > width {
      bar -= 4
      grid = self.grid(bar: bar)
    }
    return grid.render(in: style)
  }

  /// Whether the table fits, if only without bars and with its text cut short.
  var fits: Bool {
    guard let width = style.width else { return true }
    return grid(bar: 0).leastWidth() <= width
  }

  private func grid(bar: Int) -> Grid {
    var grid = Grid(columns: columns.flatMap { headings($0, bar: bar) })
    grid.rows = function.lines.map { line in
      .cells(columns.flatMap { cells($0, of: line, bar: bar) })
    }
    if let sums = sums(bar: bar) { grid.rows += [.rule, .cells(sums)] }
    if columns.contains(.code) {
      let at = columns.prefix { $0 != .code }.map { headings($0, bar: bar).count }.reduce(0, +)
      // Bars must not take the room that the text needs to be read; nor must the usual columns.
      grid.elastic = (at, bar > 0 ? 32 : isChosen ? 12 : 24)
    }
    return grid
  }

  // MARK: - Cells

  private func headings(_ column: Column, bar: Int) -> [Grid.Column] {
    let heading = column.heading(isHeap: isHeap)
    let own = Grid.Column(heading: heading, isText: column == .code)
    guard hasBar(column, bar) else { return [own] }
    // As wide as the longest that it may hold, so that bars of two functions compare.
    return [own, Grid.Column(heading: String(repeating: " ", count: bar), isText: true, gap: 1)]
  }

  private func cells(_ column: Column, of line: LineProfile.Line, bar: Int) -> [Grid.Cell] {
    if column == .code {
      return [Grid.Cell(text: code(of: line), tone: line.ran ? .plain : .quiet)]
    }
    let own = Grid.Cell(text: column.text(of: line, in: style), tone: tone(column, of: line))
    guard hasBar(column, bar) else { return [own] }
    let size = line.ran ? column.size(of: line) ?? 0 : 0
    let text = Bar.text(size, of: scale, cells: bar)
    return [own, Grid.Cell(text: text, tone: size < 0 ? .good : own.tone)]
  }

  private func hasBar(_ column: Column, _ bar: Int) -> Bool {
    bar > 0 && (column == .increment || column == .ownPeak)
  }

  private func tone(_ column: Column, of line: LineProfile.Line) -> Tone {
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
  private func sums(bar: Int) -> [Grid.Cell]? {
    guard figures.ran.count > 1, !figures.isRecursive else { return nil }
    var isEmpty = true
    let cells = columns.flatMap { column -> [Grid.Cell] in
      let text = sum(of: column)
      isEmpty = isEmpty && (text.isEmpty || column == .line || column == .code)
      let own = Grid.Cell(text: text, tone: column == .code ? .quiet : .bold)
      return hasBar(column, bar) ? [own, .blank] : [own]
    }
    return isEmpty ? nil : cells
  }

  private func sum(of column: Column) -> String {
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

extension LineProfile.Line {
  /// The larger of what it added, or gave back, and its own peak.
  var weight: UInt { ran ? max(increment.magnitude, ownPeak?.magnitude ?? 0) : 0 }
}
