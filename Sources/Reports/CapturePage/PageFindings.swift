// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What matters in a capture, as plain sentences: what holds the peak, what grows steadily, what is left in the
/// end, and what only passes through.
struct PageFindings {
  private let view: CaptureView
  private let style = Style()
  private static let mebibyte = 1 << 20

  init(_ view: CaptureView) { self.view = view }

  func all() -> [PageFinding] { [largest(), growing(), left(), passing()].compactMap { $0 } }

  private func largest() -> PageFinding? {
    guard let text = SummaryReport(view, style: style).finding else { return nil }
    return PageFinding(text: text, place: lines.first.map(place))
  }

  /// The index of a row's place in the tree.
  private func place(_ row: Account.Row) -> Int {
    Int(view.account.tree.placeOfNode[row.heaviestNode])
  }

  private var lines: [Account.Row] {
    view.account.rows.filter { $0.place.isLine && $0.figures.held > 0 }
  }

  /// A line that holds more at each of eight moments than at the one before, and in the end a good part.
  private func growing() -> PageFinding? {
    let capture = view.capture
    let duration = capture.duration
    guard duration > 0.1, !capture.changes.isEmpty else { return nil }
    let count = 8
    var held: [[Int]] = []
    for index in 1...count {
      let moment = duration * Double(index) / Double(count + 1)
      held.append(heldByPlace(at: moment))
    }
    let least = max(Self.mebibyte, view.header.peak / 20)
    var found: (place: Int, growth: Int)?
    for place in view.account.tree.places.indices {
      guard view.account.tree.places[place].isLine else { continue }
      let series = held.map { $0[place] }
      let steps = zip(series.dropFirst(), series).map { $0.minus($1) }
      let growth = series[count - 1].minus(series[0])
      // Half of the steps at least, and none backwards by more than a tenth of the growth.
      let isSteady =
        steps.filter { $0 > growth / (4 * count) }.count > steps.count / 2
        && steps.allSatisfy { $0 >= -growth / 10 }
      if growth >= least, isSteady, growth > found?.growth ?? 0 { found = (place, growth) }
    }
    guard let found, case .line(let file, let line, _) = view.account.tree.places[found.place]
    else {
      return nil
    }
    let span = duration * Double(count - 1) / Double(count + 1)
    let rate = Double(found.growth) / span
    return PageFinding(
      text: "Line \(line) of \(view.short(file)) grows steadily, by about "
        + "\(style.size(Int(clamping: rate))) a second.",
      place: found.place)
  }

  private func heldByPlace(at seconds: Double) -> [Int] {
    let tree = view.account.tree
    var sums = [Int](repeating: 0, count: tree.places.count)
    guard let account = try? Account(view.capture, .at(seconds), view.account.selection) else {
      return sums
    }
    // The tree of another moment is the same tree.
    for (node, own) in account.tree.own.enumerated() {
      let place = Int(tree.placeOfNode[node])
      sums[place] = sums[place].plus(own)
    }
    return sums
  }

  /// What is in use in the end, where that is a good part of the peak.
  private func left() -> PageFinding? {
    let (live, peak) = (view.header.live, view.header.peak)
    guard live >= max(Self.mebibyte, peak / 10),
      let row = view.account.rows.filter(\.place.isLine).max(by: {
        $0.figures.live < $1.figures.live
      }),
      row.figures.live > 0, case .line(let file, let line, _) = row.place
    else { return nil }
    return PageFinding(
      text: "\(style.size(live)) are still in use at the end; line \(line) of \(view.short(file)) "
        + "holds \(style.size(row.figures.live)) of them.",
      place: place(row))
  }

  /// A line that allocates a good part of all, and many times what it ever holds.
  private func passing() -> PageFinding? {
    let sum = view.account.sum.allocated
    let rows = view.account.rows.filter(\.place.isLine)
    guard let row = rows.max(by: { $0.figures.allocated < $1.figures.allocated }),
      row.figures.allocated >= max(10 * Self.mebibyte, sum / 5),
      row.figures.allocated >= 8 * max(row.figures.held, row.figures.live),
      case .line(let file, let line, _) = row.place
    else { return nil }
    return PageFinding(
      text:
        "Line \(line) of \(view.short(file)) allocates \(style.size(row.figures.allocated)) in all, "
        + "of which nearly everything only passes through: it holds "
        + "\(row.figures.held > 0 ? style.size(row.figures.held) : "nothing") at the peak.",
      place: place(row))
  }
}
