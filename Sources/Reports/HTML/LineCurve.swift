// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The memory of a function along its lines, as a small picture: one stretch for each line that ran.
///
/// Where the lines ran straight through, what each needed for a while stands on it as a light peak;
/// elsewhere peaks have no place in a row.
struct LineCurve {
  /// A line's stretch; bytes above where the function began.
  struct Stretch: Equatable {
    var line: Int
    var before: Int
    var highest: Int
    var after: Int
  }

  private(set) var stretches: [Stretch] = []
  private let isStraight: Bool
  /// More stretches than this are drawn in groups.
  private static let most = 300
  private static let size = (width: 600.0, height: 64.0)

  /// Nil where there is next to nothing to see.
  init?(_ function: LineProfile.Function, _ figures: FunctionFigures) {
    isStraight = figures.peak != nil
    var before = 0
    for line in figures.ran {
      guard let usage = line.usage else { continue }
      let after = usage.minus(function.baseline)
      let peak = isStraight ? before.adding(line.ownPeak ?? 0) : after
      stretches.append(
        Stretch(line: line.line, before: before, highest: max(before, after, peak), after: after))
      before = after
    }
    guard stretches.count > 2, highest.highest.minus(lowest) >= 16 << 10 else { return nil }
  }

  private var lowest: Int { stretches.reduce(0) { min($0, $1.before, $1.after) } }

  /// The first of the highest.
  private var highest: Stretch {
    stretches.reduce(stretches[0]) { $1.highest > $0.highest ? $1 : $0 }
  }

  func write(heap: String, mark: Int?, style: Style, to markup: inout Markup) {
    let words = words(heap, mark, style)
    markup.element("div", class: "pk-curve") { figure in
      draw(mark: mark, label: words, &figure)
      figure.element("div", class: "pk-quiet") { $0.text(words) }
    }
  }

  private func words(_ heap: String, _ mark: Int?, _ style: Style) -> String {
    let (first, last) = (stretches[0].line, stretches[stretches.count - 1].line)
    let top = highest
    let height = style.size(top.highest)
    let isMarked = stretches.contains { $0.line == mark }
    let shaded = isMarked ? mark.map { " (shaded: line \($0))" } ?? "" : ""
    return isStraight
      ? "\(heap) above the start, from line \(first) to line \(last): at most \(height), in line \(top.line)\(shaded)."
      : "\(heap) above the start, after each line from \(first) to \(last): at most \(height), "
        + "after line \(top.line)\(shaded)."
  }

  // MARK: - Drawing

  private func draw(mark: Int?, label: String, _ figure: inout Markup) {
    let drawn = grouped()
    let marked = stretches.firstIndex { $0.line == mark }.map { $0 / groupSize }
    let (low, high) = (Double(lowest), Double(highest.highest))
    func x(_ index: Double) -> Double { index / Double(drawn.count) * Self.size.width }
    func y(_ bytes: Int) -> Double {
      // Room for the line itself above and below.
      2 + (high - Double(bytes)) / max(1, high - low) * (Self.size.height - 4)
    }
    var curve = SVGPath()
    var peaks = SVGPath()
    for (index, stretch) in drawn.enumerated() {
      let (left, right) = (x(Double(index)), x(Double(index + 1)))
      if index == 0 { curve.move(left, y(stretch.before)) }
      curve.line(right, y(stretch.after))
      // What is no higher than a dot would be a shade beside the curve.
      if y(max(stretch.before, stretch.after)) - y(stretch.highest) > 1 {
        peaks.move(left, y(stretch.before))
        peaks.line((left + right) / 2, y(stretch.highest))
        peaks.line(right, y(stretch.after))
        peaks.close()
      }
    }
    var area = curve
    area.line(Self.size.width, y(lowest))
    area.line(0, y(lowest))
    area.close()
    figure.picture(
      width: Self.size.width, height: Self.size.height, label: label, style: "width:100%;height:5em"
    ) { svg in
      if let marked {
        svg.rectangle(
          x: x(Double(marked)), y: 0, width: x(1), height: Self.size.height, kind: "pk-marked",
          fill: 0.15)
      }
      svg.path(area, kind: "pk-area", fill: 0.25)
      svg.path(peaks, kind: "pk-passing", fill: 0.25)
      if low < 0 {
        var zero = SVGPath()
        zero.move(0, y(0))
        zero.line(Self.size.width, y(0))
        svg.path(zero, kind: "pk-zero", width: 1)
      }
      svg.path(curve, kind: "pk-usage", width: 1.5)
    }
  }

  /// How many neighbours are drawn as one.
  private var groupSize: Int { max(1, (stretches.count + Self.most - 1) / Self.most) }

  /// Neighbours as one, if there are too many; no extreme is lost.
  private func grouped() -> [Stretch] {
    let size = groupSize
    return stride(from: 0, to: stretches.count, by: size).map { start in
      let group = stretches[start..<min(start + size, stretches.count)]
      return Stretch(
        line: group[start].line, before: group[start].before,
        highest: group.reduce(.min) { max($0, $1.highest) }, after: group[group.endIndex - 1].after)
    }
  }
}
