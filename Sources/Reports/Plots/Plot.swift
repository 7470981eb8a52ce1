// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import MemorySeries

/// Memory over time as it is drawn: one run, or several over one another, each from its own start.
///
/// Times are seconds since the run's start, which is the first moment that its file knows of; memory is
/// in MiB. Texts from files are such as may be shown. Curves have no more points than a picture can show, and every extreme is among them.
package struct Plot {
  /// A curve's value at one moment.
  struct Point: Equatable {
    var time: Double
    var mebibytes: Double
  }

  /// The memory of a program, or of one of its children.
  struct Curve: Equatable {
    var name: String
    /// In the order of time.
    var points: [Point]
    var peak: Double
    /// Whether there were more samples than points.
    var isThinned = false

    /// The line inside of a stretch: its points there, and where it crosses the edges.
    func line(in stretch: ClosedRange<Double>) -> [Point] {
      var line: [Point] = []
      var last: Point?
      for point in points {
        if let last, last.time < stretch.lowerBound, point.time >= stretch.lowerBound {
          line.append(Self.between(last, point, at: stretch.lowerBound))
        }
        if point.time > stretch.upperBound {
          if let last, last.time < stretch.upperBound {
            line.append(Self.between(last, point, at: stretch.upperBound))
          }
          break
        }
        if point.time >= stretch.lowerBound { line.append(point) }
        last = point
      }
      return line
    }

    private static func between(_ one: Point, _ other: Point, at time: Double) -> Point {
      let share = (time - one.time) / (other.time - one.time)
      return Point(
        time: time, mebibytes: one.mebibytes + share * (other.mebibytes - one.mebibytes))
    }
  }

  /// When a function ran, or when something was that the program had a name for.
  struct Span: Equatable {
    var name: String
    var start: Point
    var end: Point
    /// How many others it was inside of.
    var level: Int
  }

  /// The straight line with the least squares of distances: `mebibytes = offset + perSecond * time`.
  struct Slope: Equatable {
    var perSecond: Double
    var offset: Double
  }

  /// One file.
  struct Run: Equatable {
    var file: String
    var commandLine: String?
    /// Seconds since 1970.
    var start: Double
    var program: Curve
    /// Those that reached most first.
    var children: [Curve]
    /// Children that are not drawn, because there are too many.
    var hiddenChildren: Int
    /// Whether the program's curve has its children's memory in it; unknown in other tools' files.
    var includesChildren: Bool
    /// In the order in which they began.
    var spans: [Span]
    /// Spans that are not drawn, the shortest, because there are too many.
    var hiddenSpans: Int
    /// How many names all spans have, those that are not drawn among them.
    var names: Int
    var peak: Point
    var end: Double
    /// The most that a process had which no sample saw.
    var unseen: Double?
    var slope: Slope?
  }

  var title: String?
  var runs: [Run]
  /// The stretch of time that is shown.
  var window: ClosedRange<Double>
  /// Whether that is less than all.
  var isWindow: Bool
  var isFlame: Bool
  /// How many samples the files have.
  var samples: Int

  /// What can be chosen.
  package struct Choice {
    /// In place of the command line.
    package var title: String?
    /// Only this stretch, in seconds since the start.
    package var window: ClosedRange<Double>?
    package var showsSpans = true
    package var showsSlope = false
    /// Whether spans are drawn by their level, under one another.
    package var isFlame = false

    package init() {}
  }

  /// The most memory that curves reach in the stretch that is shown; looks at every point.
  func highest(withChildren: Bool) -> Double {
    let curves = runs.flatMap { [$0.program] + (withChildren ? $0.children : []) }
    return curves.lazy.flatMap { $0.line(in: window) }.map(\.mebibytes).max() ?? 0
  }

  /// Whether any curve has a part in the stretch that is shown.
  package var showsAnything: Bool {
    runs.contains { run in
      ([run.program] + run.children).contains { !$0.line(in: window).isEmpty }
    }
  }

  /// Whether there is a curve to be drawn beside the program's.
  var hasSeveralCurves: Bool { runs.count > 1 || runs.contains { !$0.children.isEmpty } }

  /// What stands above the picture.
  var heading: String {
    if let title { return DisplayWidth.shown(title) }
    if runs.count > 1 { return runs.map(\.file).joined(separator: ", ") }
    return runs.first?.commandLine ?? runs.first?.file ?? ""
  }
}

extension Plot {
  /// One row of spans: those of one name, or, in a flame graph, of one level.
  struct Lane {
    var name: String
    var spans: [Span]
  }

  /// What there is to say of each run, in words.
  func sentences(_ style: Style = Style()) -> [String] {
    runs.flatMap { run in
      var sentence =
        "peak \(Decimal.memory(run.peak.mebibytes, style)) at \(Decimal.moment(run.peak.time))"
        + " of \(Decimal.moment(run.end))"
      if let slope = run.slope {
        sentence += ", slope \(Decimal.text(slope.perSecond, decimals: 5)) MiB/s"
      }
      if runs.count > 1 { sentence = run.file + ": " + sentence }
      let unseen = run.unseen.map {
        "unseen between two samples: a process of at most \(Decimal.memory($0, style))"
      }
      return [sentence] + [unseen].compactMap { $0 }
    }
  }
}

extension Plot.Run {
  /// The most levels that are told apart.
  static let mostLevels = 32

  /// The spans by row, in the order in which the rows begin; of more than `most` names those that ran
  /// longest in all.
  func lanes(isFlame: Bool, most: Int) -> [Plot.Lane] {
    var lanes: [Plot.Lane] = []
    if isFlame {
      for span in spans {
        let level = min(span.level, Self.mostLevels - 1)
        while lanes.count <= level { lanes.append(Plot.Lane(name: "", spans: [])) }
        lanes[level].spans.append(span)
      }
      return lanes
    }
    var places: [String: Int] = [:]
    for span in spans {
      if let place = places[span.name] {
        lanes[place].spans.append(span)
      } else {
        places[span.name] = lanes.count
        lanes.append(Plot.Lane(name: span.name, spans: [span]))
      }
    }
    guard lanes.count > most else { return lanes }
    let lengths = lanes.map { $0.spans.reduce(0) { $0 + $1.end.time - $1.start.time } }
    let kept = lengths.indices.sorted { lengths[$0] > lengths[$1] }.prefix(most)
    return kept.sorted().map { lanes[$0] }
  }
}
