// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// Source files with figures beside their lines.
struct SourceReport {
  let view: CaptureView
  let style: Style
  let all: Bool
  private let words: MomentWords

  init(_ view: CaptureView, style: Style, all: Bool) {
    self.view = view
    self.style = style
    self.all = all
    words = MomentWords(view.when, style: style)
  }

  func rows() -> [String] {
    let files = AnnotatedFile.all(of: view)
    var rows = CaptureHeading(view, style: style).rows()
    var left = 0
    for file in files {
      let lines = all ? file.wholeText(view) : file.lines.filter(\.matters)
      if !all { left += file.lines.count - lines.count }
      if lines.isEmpty { continue }
      rows += ["", title(file)] + table(lines)
    }
    if files.isEmpty { rows += ["", "No line of a file allocated anything that was recorded."] }
    if left > 0 {
      let sentence =
        "\(Digits.grouped(left)) \(left == 1 ? "line" : "lines") with less than 1 % of any figure "
        + "\(left == 1 ? "is" : "are") not shown (--all)."
      rows += [""] + DisplayWidth.wrap(sentence, to: style.width)
    }
    return rows + closing(view, style: style)
  }

  private func title(_ file: AnnotatedFile) -> String {
    let about = "  \(words.verb) \(style.size(file.held)) of \(words.whole)"
    let room = (style.width ?? .max) - DisplayWidth.of(about)
    let name = DisplayWidth.fitEnd(view.short(file.file), to: max(12, room), mark: style.ellipsis)
    let text = DisplayWidth.fit(
      about, to: max(0, (style.width ?? .max) - DisplayWidth.of(name)),
      mark: style.ellipsis)
    return Tone.bold.paint(name, in: style) + Tone.quiet.paint(text, in: style)
  }

  // MARK: - The table

  private enum Part: CaseIterable {
    case count, allocated, end
  }

  private func table(_ lines: [AnnotatedFile.Line]) -> [String] {
    var parts = Part.allCases.filter { $0 != .end || view.when != .end }
    var bar = style.bars ? 8 : 0
    var grid = grid(lines, parts, bar)
    while let width = style.width, grid.leastWidth() > width {
      if bar > 0 { bar = 0 } else if !parts.isEmpty { parts.removeFirst() } else { break }
      grid = self.grid(lines, parts, bar)
    }
    return grid.render(in: style)
  }

  private func grid(_ lines: [AnnotatedFile.Line], _ parts: [Part], _ bar: Int) -> Grid {
    var columns = [Grid.Column(heading: "Line"), Grid.Column(heading: words.heading)]
    if view.isSampled { columns.append(Grid.Column(heading: "", isText: true, gap: 1)) }
    if bar > 0 {
      columns.append(
        Grid.Column(heading: String(repeating: " ", count: bar), isText: true, gap: 1))
    }
    for part in [Part.end, .allocated, .count] where parts.contains(part) {
      switch part {
      case .end: columns.append(Grid.Column(heading: "Live at end"))
      case .allocated: columns.append(Grid.Column(heading: "Allocated"))
      case .count: columns.append(Grid.Column(heading: "Count"))
      }
    }
    columns.append(Grid.Column(heading: "Code", isText: true))
    var grid = Grid(columns: columns)
    let indentation = Self.sharedIndentation(lines)
    var last: Int?
    for line in lines {
      if let last, line.line > last + 1 {
        let gap = Array(repeating: Grid.Cell.blank, count: columns.count - 1)
        grid.rows.append(.cells([Grid.Cell(text: style.ellipsis, tone: .quiet)] + gap))
      }
      last = line.line
      grid.rows.append(.cells(cells(line, parts, bar, indentation)))
    }
    grid.elastic = (columns.count - 1, bar > 0 ? 32 : 20)
    return grid
  }

  private func cells(
    _ line: AnnotatedFile.Line, _ parts: [Part], _ bar: Int, _ indentation: Int
  ) -> [Grid.Cell] {
    let figures = line.figures
    let tone = figures.map { view.tone($0.held) } ?? .quiet
    var cells = [
      Grid.Cell(text: "\(line.line)", tone: .quiet),
      Grid.Cell(text: figures.map { style.sizeCell($0.held) } ?? "", tone: tone),
    ]
    if view.isSampled {
      let text = figures.map { $0.held == 0 ? "" : style.error($0.heldError, beside: $0.held) }
      cells.append(Grid.Cell(text: text ?? "", tone: .quiet))
    }
    if bar > 0 {
      let text = Bar.text(figures?.held ?? 0, of: max(1, view.whole.magnitude), cells: bar)
      cells.append(Grid.Cell(text: text, tone: tone))
    }
    for part in [Part.end, .allocated, .count] where parts.contains(part) {
      let text =
        switch part {
        case .end: figures.map { style.sizeCell($0.live) }
        case .allocated: figures.map { style.sizeCell($0.allocated) }
        case .count: figures.map { Digits.grouped(Int(clamped: $0.allocations)) }
        }
      let isZero = part == .end && figures?.live == 0
      cells.append(Grid.Cell(text: text ?? "", tone: isZero ? .quiet : .plain))
    }
    let code = line.source.map { String(DisplayWidth.shown($0).dropFirst(indentation)) }
    cells.append(
      Grid.Cell(
        text: code ?? "<source unavailable>", tone: figures == nil || code == nil ? .quiet : .plain)
    )
    return cells
  }

  private static func sharedIndentation(_ lines: [AnnotatedFile.Line]) -> Int {
    lines.compactMap { line -> Int? in
      guard let source = line.source.map({ DisplayWidth.shown($0) }) else { return nil }
      let indentation = source.prefix { $0 == " " }.count
      return indentation == source.count ? nil : indentation
    }.min() ?? 0
  }
}
