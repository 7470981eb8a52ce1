// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What matters in a capture, as plain sentences: what holds the peak, in which process, what grows
/// steadily, what is left in the end, and what only passes through.
///
/// They name the program's own lines: what libraries hold counts with the line that called them.
struct PageFindings {
  private let own: OwnLines?
  /// All places that the page has.
  private let places: [Place]
  /// Without libraries, where the program has lines of its own.
  private let view: CaptureView
  private let style = Style()
  private static let mebibyte = 1 << 20

  init(_ view: CaptureView) { self.init(view, OwnLines(view)) }

  init(_ view: CaptureView, _ own: OwnLines?) {
    self.own = own
    places = view.account.tree.places
    self.view = own?.view ?? view
  }

  func all() -> [PageFinding] {
    [apart(), largest(), process(), imports(), growing(), left(), passing()].compactMap { $0 }
  }

  private func finding(_ text: String, at place: Place? = nil) -> PageFinding {
    PageFinding(text: text, place: place.flatMap { places.firstIndex(of: $0) })
  }

  /// The lines that do something beyond importing modules, by what they hold, or by another figure.
  private func lines(by figure: KeyPath<Figures, Int> = \.held) -> [Account.Row] {
    view.account.rows.filter { $0.place.isLine && !isImport($0.place, by: figure) }
  }

  private func isImport(_ place: Place, by figure: KeyPath<Figures, Int>) -> Bool {
    own?.isImport(place, by: figure) == true
  }

  /// What shares are shares of.
  private var whole: String { view.addedWords(style) }

  // MARK: - At the peak

  /// What libraries hold that no line of the program called, where that is more than any such line has.
  private func apart() -> PageFinding? {
    guard let apart = own?.apart(), case .line(let file, let line, _) = apart.place,
      apart.held > lines().first?.figures.held ?? 0
    else { return nil }
    let share = Double(apart.held) / Double(max(1, view.added))
    guard share >= 0.25 else { return nil }
    let how = apart.isOnOwnThreads ? "on threads of their own" : "called by no line of the program"
    return finding(
      "Libraries hold \(style.size(apart.held)), \(percent(share)) of \(whole), \(how); "
        + "most of it is line \(line) of \(view.short(file)).", at: apart.place)
  }

  private func largest() -> PageFinding? {
    guard let first = lines().first, first.figures.held > 0, view.added > 0 else { return nil }
    let share = Double(first.figures.held) / Double(view.added)
    guard case .line(let file, let line, _) = first.place else { return nil }
    let name = "ine \(line) of \(view.short(file)) holds"
    let size = style.size(first.figures.held)
    let library = (own?.library(below: first.place).map { ", by calling \($0)" } ?? "") + way(first)
    if share >= 0.25 {
      let part = share >= 0.995 ? "nearly all" : percent(share)
      return finding("L\(name) \(part) of \(whole): \(size)\(library).", at: first.place)
    }
    if importShare >= 0.25 {
      return finding(
        "Beyond what is imported, l\(name) most at the peak: \(size)\(library).",
        at: first.place)
    }
    // That is of all lines, those that import modules too.
    let top = view.account.rows.first { $0.place.isLine }
    return SummaryReport(view, style: style).finding.map { finding($0, at: top?.place) }
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

  /// The lines that import modules, and what of their bytes the modules hold; the most first.
  private var imported: [(place: Place, held: Int)] {
    view.account.rows.compactMap { row in
      guard let own, own.isImport(row.place, by: \.held) else { return nil }
      return (row.place, own.imported(by: row.place))
    }.sorted { $0.held > $1.held }
  }

  private var importShare: Double {
    let held = imported.reduce(0) { $0.plus($1.held) }
    return Double(held) / Double(max(1, view.added))
  }

  /// What the modules hold that are imported, where that is a good part.
  private func imports() -> PageFinding? {
    let lines = imported
    let held = lines.reduce(0) { $0.plus($1.held) }
    guard importShare >= 0.1, held >= Self.mebibyte, let first = lines.first,
      case .line(let file, let line, _) = first.place
    else { return nil }
    let part = first.held > held / 2 ? "most of it is" : "the largest part is"
    return finding(
      "Importing modules takes \(style.size(held)), \(percent(importShare)) of \(whole); "
        + "\(part) line \(line) of \(view.short(file)).", at: first.place)
  }

  private func percent(_ share: Double) -> String { "\(Int(clamped: 100 * min(1, share))) %" }

  /// Of several processes the one that holds most of the joint peak.
  private func process() -> PageFinding? {
    let held = view.account.processes.map(\.held)
    guard let most = held.indices.max(by: { held[$0] < held[$1] }), held[most] > 0 else {
      return nil
    }
    let others = held.indices.filter { $0 != most && held[$0] > 0 }
    let rest = others.reduce(0) { $0.plus(held[$1]) }
    let name = view.name(.member(most))
    let count = others.count == 1 ? "one other holds" : "\(others.count) others hold"
    let more = others.isEmpty ? "" : "; \(count) \(style.size(rest))"
    // The sum of what processes noted may be a little more than the joint peak.
    let share = view.shareCell(min(held[most], view.whole))
    let part = held[most] > view.whole / 2 ? "most" : "the largest part"
    return finding(
      "Process \(name) holds \(part) of the joint peak, \(style.size(held[most])) (\(share))"
        + "\(more).")
  }

  // MARK: - Over time

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
      let one = view.account.tree.places[place]
      guard one.isLine, !isImport(one, by: \.allocated) else { continue }
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
    return finding(
      "Line \(line) of \(view.short(file)) grows steadily, by about "
        + "\(style.size(Int(clamping: rate))) a second.",
      at: view.account.tree.places[found.place])
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
      let row = lines(by: \.live).max(by: { $0.figures.live < $1.figures.live }),
      // What is left of imports has been told.
      row.figures.live > live / 4, case .line(let file, let line, _) = row.place
    else { return nil }
    return finding(
      "\(style.size(live)) are still in use at the end; line \(line) of \(view.short(file)) "
        + "holds \(style.size(row.figures.live)) of them.",
      at: row.place)
  }

  /// A line that allocates a good part of all, and many times the most that it ever holds.
  private func passing() -> PageFinding? {
    let sum = view.account.sum.allocated
    guard
      let row = lines(by: \.allocated).max(by: { $0.figures.allocated < $1.figures.allocated }),
      row.figures.allocated >= max(10 * Self.mebibyte, sum / 5),
      row.figures.allocated >= 8 * max(row.figures.held, row.figures.live),
      row.figures.allocated >= 8 * mostHeld(by: row.place),
      case .line(let file, let line, _) = row.place
    else { return nil }
    return finding(
      "Line \(line) of \(view.short(file)) allocates \(style.size(row.figures.allocated)) in all, "
        + "of which nearly everything only passes through: it holds "
        + "\(row.figures.held > 0 ? style.size(row.figures.held) : "nothing") at the peak.",
      at: row.place)
  }

  private func mostHeld(by place: Place) -> Int {
    let tree = view.account.tree
    return MostHeld(view.capture) { index in
      let node = Int(tree.nodeOfCounters[index])
      return node >= 0 && tree.place(node) == place
    }.bytes
  }
}
