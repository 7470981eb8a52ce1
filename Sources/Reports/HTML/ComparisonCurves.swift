// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The memory of alternatives while they ran, one over the other: each line of theirs is a stretch as
/// long as it took.
///
/// Only lines that ran straight through follow each other in time. When in a line its peak was is not
/// known, so that it stands in the middle of the stretch.
struct ComparisonCurves {
  private struct Curve {
    var name: String
    /// Seconds and bytes above the start.
    var points: [(time: Double, bytes: Int)]
  }

  private let curves: [Curve]
  private let style: Style
  /// Told apart by dashes as well as by colour.
  private static let dashes = [("solid", ""), ("dashed", "7 4"), ("dotted", "1.5 3.5")]
  private static let size = (width: 600.0, height: 90.0)

  /// Nil unless all of these have lines that make a curve, and few enough to be told apart.
  init?(_ profiles: [(name: String, lines: LineProfile)], style: Style) {
    guard (2...Self.dashes.count).contains(profiles.count) else { return nil }
    self.style = style
    curves = profiles.compactMap { name, profile in
      guard profile.functions.count == 1, let function = profile.functions.first,
        let points = Self.points(FunctionFigures(function))
      else { return nil }
      return Curve(name: name, points: points)
    }
    guard curves.count == profiles.count, duration > 0, highest > 0 else { return nil }
  }

  private static func points(_ figures: FunctionFigures) -> [(time: Double, bytes: Int)]? {
    guard figures.peak != nil else { return nil }
    var points = [(time: 0.0, bytes: 0)]
    var (time, bytes) = (0.0, 0)
    for line in figures.ran {
      let length = line.seconds.isFinite ? max(0, line.seconds) : 0
      let peak = bytes.adding(max(0, line.ownPeak ?? 0))
      let after = bytes.adding(line.increment)
      if peak > max(bytes, after) { points.append((time + length / 2, peak)) }
      (time, bytes) = (time + length, after)
      points.append((time, bytes))
    }
    return points
  }

  private var duration: Double { curves.compactMap(\.points.last?.time).max() ?? 0 }
  private var highest: Int { curves.flatMap(\.points).reduce(0) { max($0, $1.bytes) } }
  private var lowest: Int { curves.flatMap(\.points).reduce(0) { min($0, $1.bytes) } }

  func write(to markup: inout Markup) {
    let names = zip(curves, Self.dashes).map { "\($0.name) (\($1.0))" }.joined(separator: ", ")
    let time = style.time(duration)
    let words =
      "The heap above the start, line after line, over \(time.number) \(time.unit): \(names)."
    markup.element("div", class: "pk-curve pk-curves") { figure in
      figure.picture(
        width: Self.size.width, height: Self.size.height, label: words,
        style: "width:100%;height:7em"
      ) { draw(&$0) }
      figure.element("div", class: "pk-quiet") { $0.text(words) }
    }
  }

  private func draw(_ svg: inout Markup) {
    let (low, high, end) = (Double(lowest), Double(highest), duration)
    func y(_ bytes: Double) -> Double {
      2 + (high - bytes) / max(1, high - low) * (Self.size.height - 4)
    }
    var zero = SVGPath()
    zero.move(0, y(0))
    zero.line(Self.size.width, y(0))
    svg.path(zero, kind: "pk-zero", width: 1)
    for (index, (curve, dashes)) in zip(curves, Self.dashes).enumerated() {
      var path = SVGPath()
      for (index, point) in curve.points.enumerated() {
        let x = point.time / end * Self.size.width
        if index == 0 {
          path.move(x, y(Double(point.bytes)))
        } else {
          path.line(x, y(Double(point.bytes)))
        }
      }
      svg.path(path, kind: "pk-curve-\(index + 1)", width: 2, dashes: dashes.1)
    }
  }
}
