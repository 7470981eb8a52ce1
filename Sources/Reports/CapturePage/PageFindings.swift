// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What matters in a capture, as plain sentences: what holds the peak, in which process, what grows
/// steadily, what is left in the end, and what only passes through.
///
/// They name the program's own lines: what libraries hold counts with the line that called them.
struct PageFindings {
  struct Finding: Equatable {
    var text: String
    /// The place that it is about.
    var place: Place?
  }

  private let own: OwnLines?
  /// Without libraries, where the program has lines of its own.
  private let view: CaptureView
  private let style = Style()
  private static let mebibyte = 1 << 20

  init(_ view: CaptureView) { self.init(view, OwnLines(view)) }

  init(_ view: CaptureView, _ own: OwnLines?) {
    self.own = own
    self.view = own?.view ?? view
  }

  func all() -> [Finding] {
    [apart(), largest(), process(), imports(), growing(), left(), passing()].compactMap { $0 }
  }

  /// The lines that do something, beyond importing modules.
  private var lines: [Account.Row] {
    view.account.rows.filter { $0.place.isLine && own?.imports.contains($0.place) != true }
  }

  /// What shares are shares of.
  private var whole: String { view.addedWords(style) }

  // MARK: - At the peak

  /// What libraries do on threads of their own, where that is more than any line of the program holds.
  private func apart() -> Finding? {
    guard let (held, place) = own?.apart(), case .line(let file, let line, _) = place,
      held > lines.first?.figures.held ?? 0
    else { return nil }
    let share = Double(held) / Double(max(1, view.added))
    guard share >= 0.25 else { return nil }
    return Finding(
      text:
        "Libraries hold \(style.size(held)), \(percent(share)) of \(whole), on threads of their "
        + "own; most of it is line \(line) of \(view.short(file)).", place: place)
  }

  private func largest() -> Finding? {
    guard let first = lines.first, first.figures.held > 0, view.added > 0 else { return nil }
    let share = Double(first.figures.held) / Double(view.added)
    guard case .line(let file, let line, _) = first.place else { return nil }
    let name = "ine \(line) of \(view.short(file)) holds"
    let size = style.size(first.figures.held)
    let library = (own?.library(below: first.place).map { ", by calling \($0)" } ?? "") + way(first)
    if share >= 0.25 {
      let part = share >= 0.995 ? "nearly all" : percent(share)
      return Finding(text: "L\(name) \(part) of \(whole): \(size)\(library).", place: first.place)
    }
    if importShare >= 0.25 {
      return Finding(
        text: "Beyond what is imported, l\(name) most at the peak: \(size)\(library).",
        place: first.place)
    }
    return SummaryReport(view, style: style).finding.map { Finding(text: $0, place: first.place) }
  }

  /// The program's functions that lead to a line, without those that have no name.
  private func way(_ row: Account.Row) -> String {
    var names: [String] = []
    for node in view.account.tree.path(to: row.heaviestNode) {
      let name = view.function(view.account.tree.place(node))
      if !name.isEmpty, !name.hasSuffix(">"), name != names.last { names.append(name) }
    }
    guard names.count > 1 else { return "" }
    return " (\(names.suffix(4).joined(separator: " \(style.arrow) ")))"
  }

  private var imported: [Account.Row] {
    view.account.rows.filter { own?.imports.contains($0.place) == true }
  }

  private var importShare: Double {
    let held = imported.reduce(0) { $0.plus($1.figures.held) }
    return Double(held) / Double(max(1, view.added))
  }

  /// What the modules hold that are imported, where that is a good part.
  private func imports() -> Finding? {
    let rows = imported
    let held = rows.reduce(0) { $0.plus($1.figures.held) }
    guard importShare >= 0.1, held >= Self.mebibyte, let first = rows.first,
      case .line(let file, let line, _) = first.place
    else { return nil }
    return Finding(
      text:
        "Importing modules takes \(style.size(held)), \(percent(importShare)) of \(whole); most "
        + "of it is line \(line) of \(view.short(file)).", place: first.place)
  }

  private func percent(_ share: Double) -> String { "\(Int(clamped: 100 * min(1, share))) %" }

  /// Of several processes the one that holds most of the joint peak.
  private func process() -> Finding? {
    let held = view.account.processes.map(\.held)
    guard let most = held.indices.max(by: { held[$0] < held[$1] }), held[most] > 0 else {
      return nil
    }
    let others = held.indices.filter { $0 != most && held[$0] > 0 }
    let rest = others.reduce(0) { $0.plus(held[$1]) }
    let name = view.name(.member(most))
    let count = others.count == 1 ? "one other holds" : "\(others.count) others hold"
    let more = others.isEmpty ? "" : "; \(count) \(style.size(rest))"
    let share = view.shareCell(held[most])
    return Finding(
      text: "Process \(name) holds most of the joint peak, \(style.size(held[most])) (\(share))"
        + "\(more).", place: nil)
  }

  // MARK: - Over time

  /// A line that holds more at each of eight moments than at the one before, and in the end a good part.
  private func growing() -> Finding? {
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
      let one = view.account.tree.places[place]
      guard one.isLine, own?.imports.contains(one) != true else { continue }
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
    return Finding(
      text: "Line \(line) of \(view.short(file)) grows steadily, by about "
        + "\(style.size(Int(clamping: rate))) a second.",
      place: view.account.tree.places[found.place])
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
  private func left() -> Finding? {
    let (live, peak) = (view.header.live, view.header.peak)
    guard live >= max(Self.mebibyte, peak / 10),
      let row = lines.max(by: { $0.figures.live < $1.figures.live }),
      // What is left of imports has been told.
      row.figures.live > live / 4, case .line(let file, let line, _) = row.place
    else { return nil }
    return Finding(
      text: "\(style.size(live)) are still in use at the end; line \(line) of \(view.short(file)) "
        + "holds \(style.size(row.figures.live)) of them.",
      place: row.place)
  }

  /// A line that allocates a good part of all, and many times what it ever holds.
  private func passing() -> Finding? {
    let sum = view.account.sum.allocated
    guard let row = lines.max(by: { $0.figures.allocated < $1.figures.allocated }),
      row.figures.allocated >= max(10 * Self.mebibyte, sum / 5),
      row.figures.allocated >= 8 * max(row.figures.held, row.figures.live),
      case .line(let file, let line, _) = row.place
    else { return nil }
    return Finding(
      text:
        "Line \(line) of \(view.short(file)) allocates \(style.size(row.figures.allocated)) in all, "
        + "of which nearly everything only passes through: it holds "
        + "\(row.figures.held > 0 ? style.size(row.figures.held) : "nothing") at the peak.",
      place: row.place)
  }
}
