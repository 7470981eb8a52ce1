// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import MemorySeries

extension Plot {
  /// So many of each kind are drawn; the page stays below 1 MB with all of them.
  enum Most {
    /// Stretches of time of all programs together; each is worth up to four points.
    static let slices = 4_000
    static let slicesOfChildren = 4_000
    static let children = 100
    static let spans = 4_000
  }

  /// A plot of files, each of which has samples; `read` gives what a file says.
  package init(
    files: [String], choice: Choice, reading read: (String) throws -> MemorySeries
  ) rethrows {
    runs = []
    samples = 0
    for file in files {
      let series = try read(file)
      samples += series.samples.count
      runs.append(Self.run(file, series, choice, share: files.count))
    }
    title = choice.title
    isFlame = choice.isFlame
    isWindow = choice.window != nil
    window = choice.window ?? 0...max(runs.lazy.map(\.end).max() ?? 0, 0.001)
  }

  private static func run(
    _ file: String, _ series: MemorySeries, _ choice: Choice, share: Int
  ) -> Run {
    let calls = choice.showsSpans ? series.calls : []
    // Whatever is drawn of it, a run begins and ends when it does.
    let begins = [
      series.samples.lazy.map(\.time).min(), series.calls.lazy.map(\.start.time).min(),
      series.children.lazy.flatMap(\.samples).map(\.time).min(),
    ].compactMap { $0 }
    let start = begins.min() ?? 0
    let ends = [
      series.samples.lazy.map(\.time).max(), series.calls.lazy.map(\.end.time).max(),
      series.children.lazy.flatMap(\.samples).map(\.time).max(),
    ].compactMap { $0 }
    let end = max(0, (ends.max() ?? 0) - start)
    let stretch = choice.window ?? 0...end
    func curve(_ name: String, _ samples: [MemorySeries.Sample], _ slices: Int) -> Curve {
      let thinning = Thinning(start: start, stretch: stretch, slices: max(20, slices))
      let points = thinning.points(of: samples)
      return Curve(
        name: name, points: points, peak: samples.lazy.map(\.mebibytes).max() ?? 0,
        isThinned: samples.count > points.count && thinning.inside(samples) > points.count)
    }
    let children = series.children.filter { !$0.samples.isEmpty }
      .sorted { ($0.peak ?? 0) > ($1.peak ?? 0) }
    let shown = children.prefix(Most.children / share)
    let spans = calls.map { $0.span(from: start) }.filter {
      $0.start.time <= stretch.upperBound && $0.end.time >= stretch.lowerBound
    }
    let highest = series.samples.max { $0.mebibytes < $1.mebibytes }
    return Run(
      file: DisplayWidth.shown(file),
      commandLine: series.commandLine.map { DisplayWidth.shown($0) },
      start: start,
      program: curve("program", series.samples, Most.slices / share),
      children: shown.map { child in
        curve(
          "child \(DisplayWidth.shown(child.processID))", child.samples,
          Most.slicesOfChildren / share / max(1, shown.count))
      },
      hiddenChildren: children.count - shown.count, includesChildren: series.includesChildren,
      spans: longest(spans, Most.spans / share),
      hiddenSpans: max(0, spans.count - Most.spans / share),
      names: Set(spans.lazy.map(\.name)).count,
      peak: Point(time: (highest?.time ?? start) - start, mebibytes: highest?.mebibytes ?? 0),
      end: end, unseen: series.unseenBound,
      slope: choice.showsSlope ? slope(of: series.samples, from: start) : nil)
  }

  /// The longest spans, in the order in which they began, labelled as briefly as can be.
  private static func longest(_ spans: [Span], _ most: Int) -> [Span] {
    let labels = FunctionLabels(spans.lazy.map(\.name))
    let kept =
      spans.count <= most
      ? spans[...]
      : spans.sorted { $0.end.time - $0.start.time > $1.end.time - $1.start.time }.prefix(most)
    return kept.sorted { ($0.start.time, $0.level) < ($1.start.time, $1.level) }.map { span in
      var span = span
      span.name = labels[span.name]
      return span
    }
  }

  /// Ordinary least squares; nil where all samples are of one moment.
  private static func slope(of samples: [MemorySeries.Sample], from start: Double) -> Slope? {
    let count = Double(samples.count)
    let times = samples.lazy.map { $0.time - start }
    let meanTime = times.reduce(0, +) / count
    let meanAmount = samples.lazy.map(\.mebibytes).reduce(0, +) / count
    var (above, below) = (0.0, 0.0)
    for sample in samples {
      let distance = sample.time - start - meanTime
      above += distance * (sample.mebibytes - meanAmount)
      below += distance * distance
    }
    guard below > 0 else { return nil }
    return Slope(perSecond: above / below, offset: meanAmount - above / below * meanTime)
  }
}

extension MemorySeries.Call {
  fileprivate func span(from start: Double) -> Plot.Span {
    func point(_ sample: MemorySeries.Sample) -> Plot.Point {
      Plot.Point(time: sample.time - start, mebibytes: sample.mebibytes)
    }
    return Plot.Span(
      name: DisplayWidth.fit(DisplayWidth.shown(name), to: 200, mark: "…"),
      start: point(self.start), end: point(end), level: max(0, level ?? 0))
  }
}
