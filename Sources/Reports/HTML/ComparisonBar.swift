// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A figure of an alternative as a bar: as long as the median, with a line from the least to the most
/// of the runs, and a mark where another figure stands.
struct ComparisonBar {
  let spread: Spread
  /// What the whole width stands for.
  let scale: Double
  /// The width, in ems.
  let width: Double
  /// A second figure on the same scale.
  var marked: Double?
  let tone: Tone

  /// Of `width` ems, each of so many units of the picture.
  private static let em = 10.0
  private static let height = 14.0

  func write(to cell: inout Markup) {
    guard scale > 0 else { return }
    let style = "width:\(Markup.ems(width));height:1.4em"
    cell.picture(width: width * Self.em, height: Self.height, style: style) { svg in
      svg.rectangle(
        x: 0, y: 3, width: x(spread.median), height: 8, kind: "pk-median \(tone.barClassName)")
      if spread.least < spread.most { whisker(&svg) }
      if let marked, marked > 0 {
        svg.rectangle(
          x: max(0, x(marked) - 1), y: 0, width: 2, height: Self.height, kind: "pk-kept")
      }
    }
  }

  private func whisker(_ svg: inout Markup) {
    var path = SVGPath()
    let (from, to) = (x(spread.least), x(spread.most))
    let middle = Self.height / 2
    path.move(from, middle)
    path.line(to, middle)
    for end in [from, to] {
      path.move(end, middle - 3)
      path.line(end, middle + 3)
    }
    svg.path(path, kind: "pk-whisker", width: 1.5)
  }

  private func x(_ value: Double) -> Double {
    // Room for the end of the longest line.
    clamped(value / scale, 0...1) * (width * Self.em - 2)
  }
}
