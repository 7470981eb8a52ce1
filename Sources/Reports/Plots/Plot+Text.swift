// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension Plot {
  /// The plot as rows of text, as wide as the style says, in so many rows of a picture.
  ///
  /// Without colours curves cannot be told apart: then each run has a picture of its own, in which
  /// children are not drawn but listed.
  package func text(style: Style, rows: Int = 16) -> String {
    let pictures = style.color ? [self] : runs.map(alone)
    return pictures.map {
      TextPlot($0, style: style, rows: rows).lines.joined(separator: "\n") + "\n"
    }
    .joined(separator: "\n")
  }

  private func alone(_ run: Run) -> Plot {
    var plot = self
    plot.runs = [run]
    if runs.count > 1 { plot.title = run.file }
    if !isWindow { plot.window = 0...max(run.end, 0.001) }
    return plot
  }
}

/// Draws a plot in a terminal.
struct TextPlot {
  private let plot: Plot
  private let style: Style
  private let width: Int
  private let rows: Int
  private let memory: Ticks
  /// The memory at the upper edge.
  private let top: Double
  /// What stands left of the picture.
  private let gutter: Int
  private var columns: Int { max(8, width - gutter - 2) }

  /// Spans are named at the left, if not at too great a length.
  private static let longestName = 24
  private static let mostLanes = 8
  private static let mostInLegend = 8

  init(_ plot: Plot, style: Style, rows: Int) {
    self.plot = plot
    self.style = style
    self.rows = max(3, rows)
    width = max(20, min(style.width ?? 80, 200))
    let highest = plot.highest(withChildren: Self.showsChildren(plot, style)) * 1.02
    memory = Ticks(memoryTo: highest, steps: max(2, self.rows / 3))
    top = max(highest, memory.ticks.last?.value ?? 0, 1e-9)
    let names = plot.runs.count == 1 ? plot.runs[0].spans.map(\.name) : []
    let longest = names.lazy.map(DisplayWidth.of).max() ?? 0
    let ticks = memory.ticks.lazy.map(\.text.utf8.count).max() ?? 1
    let wanted = plot.isFlame ? 0 : min(longest, Self.longestName, width / 4)
    gutter = max(ticks, memory.unit.utf8.count, wanted) + 1
  }

  var lines: [String] {
    var lines = heading
    lines.append(Tone.quiet.paint(memory.unit.indented(to: gutter - 1), in: style))
    lines += picture
    lines += timeAxis
    if plot.runs.count == 1 { lines += lanes(of: plot.runs[0]) }
    lines += legend
    return lines.map { line in
      String(line.reversed().drop { $0 == " " || $0 == "\u{2800}" }.reversed())
    }
  }

  private var heading: [String] {
    var lines: [String] = []
    let title = plot.heading
    if !title.isEmpty {
      lines.append(
        Tone.bold.paint(DisplayWidth.fit(title, to: width, mark: style.ellipsis), in: style))
    }
    for sentence in plot.sentences(style) { lines += DisplayWidth.wrap(sentence, to: width) }
    return lines
  }

  // MARK: - The picture

  /// Whether there are curves of children: they can be told apart by their colours only.
  private static func showsChildren(_ plot: Plot, _ style: Style) -> Bool {
    style.color && plot.runs.count == 1
  }

  private var picture: [String] {
    var canvas = DotCanvas(columns: columns, rows: rows, isUnicode: style.unicode)
    if Self.showsChildren(plot, style) {
      for (index, child) in plot.runs[0].children.enumerated().reversed() {
        draw(child, ink: 1 + index, on: &canvas)
      }
    }
    for (ink, run) in plot.runs.enumerated().reversed() {
      if let slope = run.slope { draw(slope, ink: ink, on: &canvas) }
      draw(run.program, ink: ink, on: &canvas)
      mark(run.peak, on: &canvas)
    }
    let labels = axisLabels
    return (0..<rows).map { row in
      let label = labels[row] ?? ""
      let axis = style.unicode ? (label.isEmpty ? "│" : "┤") : (label.isEmpty ? "|" : "+")
      let start = Tone.quiet.paint(label.indented(to: gutter - 1) + " " + axis, in: style)
      return start + painted(canvas.cells(ofRow: row))
    }
  }

  private func draw(_ curve: Plot.Curve, ink: Int, on canvas: inout DotCanvas) {
    var last: (x: Int, y: Int)?
    for point in curve.line(in: plot.window) {
      let (x, y) = place(point, on: canvas)
      if let before = last {
        // The line from one to the next: a column of dots for each step to the right.
        let steps = x - before.x
        if steps <= 0 {
          canvas.setColumn(x, from: before.y, through: y, ink: ink)
        } else {
          var low = before.y
          for step in 1...steps {
            let next = before.y + (y - before.y) * step / steps
            canvas.setColumn(before.x + step, from: low, through: next, ink: ink)
            low = next
          }
        }
      } else {
        canvas.set(x, y, ink: ink)
      }
      last = (x, y)
    }
  }

  private func draw(_ slope: Plot.Slope, ink: Int, on canvas: inout DotCanvas) {
    for x in 0..<canvas.width where x % 4 < 2 {
      let share = Double(x) / Double(max(1, canvas.width - 1))
      let time =
        plot.window.lowerBound + share * (plot.window.upperBound - plot.window.lowerBound)
      let point = Plot.Point(time: time, mebibytes: slope.offset + slope.perSecond * time)
      if point.mebibytes >= 0 { canvas.set(x, place(point, on: canvas).y, ink: ink) }
    }
  }

  private func mark(_ peak: Plot.Point, on canvas: inout DotCanvas) {
    guard plot.window.contains(peak.time) else { return }
    let (x, y) = place(peak, on: canvas)
    canvas.put(style.unicode ? "▲" : "^", at: x, y, ink: Self.hotInk)
  }

  private static let hotInk = -1

  /// The dot of a point; what lies left, right or above is outside.
  private func place(_ point: Plot.Point, on canvas: DotCanvas) -> (x: Int, y: Int) {
    let length = plot.window.upperBound - plot.window.lowerBound
    let across = (point.time - plot.window.lowerBound) / length * Double(canvas.width - 1)
    let up = point.mebibytes / top * Double(canvas.height - 1)
    return (Int(clamped(across.rounded(), -1e6...1e6)), Int(clamped(up.rounded(), 0...1e6)))
  }

  /// The texts at the left, by the row that they stand in.
  private var axisLabels: [Int: String] {
    var labels: [Int: String] = [:]
    for tick in memory.ticks {
      let row = rows - 1 - Int((tick.value / top * Double(rows - 1)).rounded())
      labels[min(max(row, 0), rows - 1)] = tick.text
    }
    return labels
  }

  private var timeAxis: [String] {
    let ticks = Ticks(times: plot.window, steps: max(2, columns / 12))
    var axis = [Character](repeating: style.unicode ? "─" : "-", count: columns)
    var labels = [Character](repeating: " ", count: columns)
    let length = plot.window.upperBound - plot.window.lowerBound
    var free = 0
    for tick in ticks.ticks {
      let share = (tick.value - plot.window.lowerBound) / length
      let column = Int(clamped((share * Double(columns - 1)).rounded(), 0...Double(columns - 1)))
      axis[column] = style.unicode ? "┬" : "+"
      let isLast = tick == ticks.ticks.last
      let text = Array(tick.text + (isLast ? " " + ticks.unit : ""))
      let start = max(0, min(column - tick.text.count / 2, columns - text.count))
      guard start >= free, start + text.count <= columns else { continue }
      labels.replaceSubrange(start..<(start + text.count), with: text)
      free = start + text.count + 1
    }
    let pad = String(repeating: " ", count: gutter)
    return [
      Tone.quiet.paint(pad + (style.unicode ? "└" : "+") + String(axis), in: style),
      Tone.quiet.paint(pad + " " + String(labels), in: style),
    ]
  }

  // MARK: - Spans

  private func lanes(of run: Plot.Run) -> [String] {
    let shown = run.lanes(isFlame: plot.isFlame, most: Self.mostLanes)
    var lines = shown.map { lane(named: $0.name, $0.spans) }
    let more = plot.isFlame ? run.hiddenSpans : run.names - shown.count
    if more > 0 {
      let words = "and \(Digits.grouped(more)) more, which ran for less"
      lines += DisplayWidth.wrap(words, to: width).map { Tone.quiet.paint($0, in: style) }
    }
    return lines
  }

  private func lane(named name: String, _ spans: [Plot.Span]) -> String {
    let length = plot.window.upperBound - plot.window.lowerBound
    var cells = [String](repeating: " ", count: columns)
    for span in spans {
      func column(_ time: Double) -> Int {
        let share = (time - plot.window.lowerBound) / length
        return Int(clamped(share * Double(columns), 0...Double(columns - 1)))
      }
      let (first, last) = (column(span.start.time), column(span.end.time))
      let isInstant = span.start.time == span.end.time
      let solid = isInstant ? (style.unicode ? "╿" : "!") : (style.unicode ? "█" : "=")
      for place in first...max(first, last) { cells[place] = solid }
      guard plot.isFlame, !isInstant else { continue }
      cells[first] = style.unicode ? "▌" : "["
      let text = span.name
      let room = last - first - 1
      // Only where each character is one cell.
      guard room >= 3, text.unicodeScalars.allSatisfy({ $0.isASCII }) else { continue }
      for (offset, character) in DisplayWidth.fit(text, to: room, mark: style.ellipsis).enumerated()
      {
        cells[first + 1 + offset] = String(character)
      }
    }
    let label = DisplayWidth.fit(name, to: gutter - 1, mark: style.ellipsis)
    let bar = cells.joined()
    return label.indented(to: gutter - 1) + "  "
      + (style.color ? "\u{1B}[36m\(bar)\u{1B}[0m" : bar)
  }

  // MARK: - Inks and the legend

  /// Colours that a light and a dark terminal both show, the program's first.
  private static let codes = ["1;34", "33", "35", "32", "31", "36", "90"]

  private func paint(_ text: String, ink: Int?) -> String {
    guard style.color, let ink else { return text }
    if ink == Self.hotInk { return Tone.hot.paint(text, in: style) }
    // The program's own is not used for children.
    let code = ink == 0 ? Self.codes[0] : Self.codes[1 + (ink - 1) % (Self.codes.count - 1)]
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }

  /// A row of the picture, with as few changes of colour as can be.
  private func painted(_ cells: [(text: String, ink: Int?)]) -> String {
    var result = ""
    var pending = ""
    var ink: Int?
    for cell in cells {
      if cell.ink != ink, cell.ink != nil || style.color {
        result += paint(pending, ink: ink)
        pending = ""
        ink = cell.ink
      }
      pending += cell.text
    }
    return result + paint(pending, ink: ink)
  }

  private var legend: [String] {
    guard plot.hasSeveralCurves else { return [] }
    var entries: [String] = []
    let sample = style.unicode ? "━━" : "--"
    for (first, run) in plot.runs.enumerated() {
      let name = plot.runs.count > 1 ? run.file : run.program.name
      entries.append(
        entry(paint(sample, ink: style.color ? first : nil), name, run.program.peak))
      guard plot.runs.count == 1 else { continue }
      for (index, child) in run.children.prefix(Self.mostInLegend).enumerated() {
        let line = style.color ? paint(sample, ink: first + 1 + index) : "  "
        entries.append(entry(line, child.name, child.peak))
      }
      let more =
        run.children.count + run.hiddenChildren - min(run.children.count, Self.mostInLegend)
      if more > 0 {
        entries += DisplayWidth.wrap("and \(more) more children, none of them higher", to: width)
      }
    }
    return [""] + entries
  }

  private func entry(_ line: String, _ name: String, _ peak: Double) -> String {
    let peak = ", peak \(Decimal.memory(peak, style))"
    let whole = DisplayWidth.fit(
      name, to: max(4, width - 3 - DisplayWidth.of(peak)), mark: style.ellipsis)
    return "\(line) " + DisplayWidth.fit(whole + peak, to: width - 3, mark: style.ellipsis)
  }
}
