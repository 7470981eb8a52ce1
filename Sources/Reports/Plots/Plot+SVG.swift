// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension Plot {
  /// The plot as an SVG document of its own, light or dark as the reader's system is.
  package func svg() -> String { SVGPlot(self).document }
}

/// Draws a plot as SVG: axes, curves, spans below them, and what is what.
struct SVGPlot {
  private let plot: Plot
  private let memory: Ticks
  /// The memory at the upper edge.
  private let most: Double
  private let times: Ticks

  private static let width = 960.0
  private static let height = 340.0
  private static let left = 64.0
  private static let right = 16.0
  private static let laneHeight = 20.0
  private static let mostLanes = 12
  private static let mostInLegend = 12
  /// Stretches of time that a picture so wide can show.
  private static let slices = 700

  init(_ plot: Plot) {
    self.plot = plot
    most = max(plot.highest(withChildren: plot.runs.count == 1) * 1.04, 1e-9)
    memory = Ticks(memoryTo: most, steps: 6)
    times = Ticks(times: plot.window, steps: 9)
  }

  var document: String {
    var markup = Markup()
    let lanes =
      plot.runs.count == 1 ? plot.runs[0].lanes(isFlame: plot.isFlame, most: Self.mostLanes) : []
    let headings = headingLines
    let top = 38.0 + Double(headings.count) * 20
    let bottom = top + Self.height
    let lanesTop = bottom + 44
    let entries = legend
    let legendTop = lanesTop + Double(lanes.count) * Self.laneHeight + (lanes.isEmpty ? 0 : 12)
    let total = legendTop + Double((entries.count + 2) / 3) * 20 + 8
    markup.element(
      "svg",
      attributes: [
        ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", "0 0 960 \(Self.text(total))"),
        ("width", "960"), ("height", Self.text(total)), ("role", "img"),
        ("aria-label", headings.joined(separator: ". ")),
      ]
    ) { svg in
      svg.styleSheet(Self.style)
      svg.element("rect", attributes: [("class", "page"), ("width", "100%"), ("height", "100%")])
      for (index, line) in headings.enumerated() {
        Self.label(
          line, x: 16, y: 24 + Double(index) * 20, kind: index == 0 ? "title" : "text", in: &svg)
      }
      axes(top: top, bottom: bottom, in: &svg)
      svg.element("clipPath", attributes: [("id", "clip")]) { clip in
        clip.element(
          "rect",
          attributes: [
            ("x", Self.text(Self.left)), ("y", Self.text(top - 4)),
            ("width", Self.text(Self.width - Self.left - Self.right)),
            ("height", Self.text(bottom - top + 8)),
          ])
      }
      svg.element("g", attributes: [("clip-path", "url(#clip)")]) { area in
        curves(top: top, bottom: bottom, in: &area)
      }
      for (index, lane) in lanes.enumerated() {
        draw(lane, index, y: lanesTop + Double(index) * Self.laneHeight, in: &svg)
      }
      for (index, entry) in entries.enumerated() {
        let x = 16 + Double(index % 3) * 310
        let y = legendTop + Double(index / 3) * 20 + 12
        svg.element(
          "line",
          attributes: [
            ("class", "curve c\(entry.color % 8)"), ("x1", Self.text(x)), ("x2", Self.text(x + 18)),
            ("y1", Self.text(y - 4)), ("y2", Self.text(y - 4)),
          ])
        Self.label(entry.text, x: x + 24, y: y, kind: "text", in: &svg)
      }
    }
    return markup.html + "\n"
  }

  /// The title, and a sentence for each run.
  private var headingLines: [String] {
    // So that also wide letters stay in the picture.
    let title = DisplayWidth.fit(plot.heading, to: 90, mark: "…")
    return (title.isEmpty ? [] : [title])
      + plot.sentences().flatMap { DisplayWidth.wrap($0, to: 120) }
  }

  private static var style: String {
    var rules = "svg{\(PlotPalette.light.variables)}"
    rules += "@media(prefers-color-scheme:dark){svg{\(PlotPalette.dark.variables)}}"
    rules += ".page{fill:var(--pl-page)}text{font:12px system-ui,sans-serif;fill:var(--pl-text)}"
    rules += ".title{font-size:15px;font-weight:600}.tick{fill:var(--pl-quiet)}"
    rules += ".rule{stroke:var(--pl-rule);stroke-width:1}"
    rules +=
      ".curve{fill:none;stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}.fill{opacity:.12;stroke:none}"
    rules += ".slope{stroke-dasharray:6 4}.peak{stroke:var(--pl-peak);fill:none;stroke-width:1.5}"
    for index in 0..<8 {
      rules += ".c\(index){stroke:var(--pl-c\(index))}.f\(index){fill:var(--pl-c\(index))}"
    }
    return rules + ".span{fill:var(--pl-c5);opacity:.5}"
  }

  // MARK: - Places

  private func x(_ time: Double) -> Double {
    let length = plot.window.upperBound - plot.window.lowerBound
    let share = (time - plot.window.lowerBound) / length
    return Self.left + clamped(share, -2...3) * (Self.width - Self.left - Self.right)
  }

  private func y(_ mebibytes: Double, _ top: Double, _ bottom: Double) -> Double {
    // What is beyond the edges is cut off there, and keeps its slope.
    bottom - clamped(mebibytes / most, -1000...1000) * (bottom - top)
  }

  // MARK: - Parts

  private func axes(top: Double, bottom: Double, in svg: inout Markup) {
    for tick in memory.ticks where tick.value <= most {
      let y = y(tick.value, top, bottom)
      Self.line(x1: Self.left, y1: y, x2: Self.width - Self.right, y2: y, kind: "rule", in: &svg)
      Self.label(tick.text, x: Self.left - 8, y: y + 4, kind: "tick", anchor: "end", in: &svg)
    }
    Self.label(memory.unit, x: Self.left - 8, y: top - 8, kind: "tick", anchor: "end", in: &svg)
    for tick in times.ticks {
      let x = x(tick.value)
      Self.line(x1: x, y1: bottom, x2: x, y2: bottom + 4, kind: "rule", in: &svg)
      let unit = tick == times.ticks.last ? " " + times.unit : ""
      Self.label(
        tick.text + unit, x: min(x, Self.width - 24), y: bottom + 18, kind: "tick",
        anchor: "middle", in: &svg)
    }
  }

  private func curves(top: Double, bottom: Double, in svg: inout Markup) {
    for (index, run) in plot.runs.enumerated() {
      if plot.runs.count == 1 {
        for (place, child) in run.children.enumerated().reversed() {
          draw(child.line(in: plot.window), color: 1 + place % 7, top, bottom, in: &svg)
        }
        fill(run.program.line(in: plot.window), top, bottom, in: &svg)
      }
      draw(run.program.line(in: plot.window), color: index % 8, top, bottom, in: &svg)
      if let slope = run.slope {
        let ends = [plot.window.lowerBound, plot.window.upperBound].map { time in
          Plot.Point(time: time, mebibytes: slope.offset + slope.perSecond * time)
        }
        draw(ends, color: index % 8, kind: "slope", top, bottom, in: &svg)
      }
      guard plot.window.contains(run.peak.time) else { continue }
      svg.element(
        "circle",
        attributes: [
          ("class", "peak"), ("cx", Self.text(x(run.peak.time))),
          ("cy", Self.text(y(run.peak.mebibytes, top, bottom))), ("r", "4"),
        ])
    }
  }

  private func path(_ points: [Plot.Point], _ top: Double, _ bottom: Double) -> String {
    let samples = Thinning.thinned(points, in: plot.window, slices: Self.slices)
    // A lone sample is a line of no length, which the round ends make a dot.
    let drawn = samples.count == 1 ? samples + samples : samples
    return drawn.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(Self.text(x(point.time))) \(Self.text(y(point.mebibytes, top, bottom)))"
    }.joined()
  }

  private func draw(
    _ points: [Plot.Point], color: Int, kind: String = "", _ top: Double, _ bottom: Double,
    in svg: inout Markup
  ) {
    svg.element(
      "path",
      attributes: [("class", "curve c\(color) \(kind)"), ("d", path(points, top, bottom))])
  }

  /// What is below the program's curve.
  private func fill(
    _ points: [Plot.Point], _ top: Double, _ bottom: Double, in svg: inout Markup
  ) {
    guard let first = points.first, let last = points.last else { return }
    let ends =
      "L\(Self.text(x(last.time))) \(Self.text(bottom))"
      + "L\(Self.text(x(first.time))) \(Self.text(bottom))Z"
    svg.element(
      "path", attributes: [("class", "fill f0"), ("d", path(points, top, bottom) + ends)])
  }

  private func draw(_ lane: Plot.Lane, _ index: Int, y: Double, in svg: inout Markup) {
    if !plot.isFlame {
      Self.label(
        DisplayWidth.fit(lane.name, to: 60, mark: "…"), x: Self.left + 4, y: y + 14, kind: "text",
        in: &svg)
    }
    for span in lane.spans {
      let from = max(x(span.start.time), Self.left)
      let to = min(max(x(span.end.time), from + 1.5), Self.width - Self.right)
      let isTall = plot.isFlame || span.start.time == span.end.time
      svg.element(
        "rect",
        attributes: [
          ("class", "span"), ("x", Self.text(from)), ("y", Self.text(y + (isTall ? 1 : 16))),
          ("width", Self.text(max(to - from, 1.5))), ("height", isTall ? "17" : "3"),
        ]
      ) { $0.element("title") { $0.text(span.name) } }
      let cells = Int(clamped((to - from - 8) / 7, 0...1000))
      if plot.isFlame, cells >= 3 {
        Self.label(
          DisplayWidth.fit(span.name, to: cells, mark: "…"), x: from + 4, y: y + 14, kind: "text",
          in: &svg)
      }
    }
  }

  private var legend: [(text: String, color: Int)] {
    guard plot.hasSeveralCurves else { return [] }
    if plot.runs.count > 1 {
      return plot.runs.enumerated().map { index, run in
        (DisplayWidth.fit(run.file, to: 40, mark: "…"), index)
      }
    }
    let run = plot.runs[0]
    var entries = [("program, \(Decimal.memory(run.program.peak))", 0)]
    for (index, child) in run.children.prefix(Self.mostInLegend).enumerated() {
      entries.append(("\(child.name), \(Decimal.memory(child.peak))", 1 + index % 7))
    }
    return entries
  }

  // MARK: - Elements

  private static func text(_ number: Double) -> String { Decimal.text(number, decimals: 1) }

  private static func line(
    x1: Double, y1: Double, x2: Double, y2: Double, kind: String, in svg: inout Markup
  ) {
    svg.element(
      "line",
      attributes: [
        ("class", kind), ("x1", text(x1)), ("y1", text(y1)), ("x2", text(x2)), ("y2", text(y2)),
      ])
  }

  private static func label(
    _ words: String, x: Double, y: Double, kind: String, anchor: String = "start",
    in svg: inout Markup
  ) {
    svg.element(
      "text",
      attributes: [("class", kind), ("x", text(x)), ("y", text(y)), ("text-anchor", anchor)]
    ) { $0.text(words) }
  }
}
