// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The first screen: how high the peak was and when, which lines hold it, and on which calls.
struct SummaryReport {
  let view: CaptureView
  let style: Style
  private let words: MomentWords
  /// Lines that are listed by themselves, at most.
  private static let most = 10

  init(_ view: CaptureView, style: Style) {
    self.view = view
    self.style = style
    words = MomentWords(view.when, style: style)
  }

  func rows() -> [String] {
    var rows = CaptureHeading(view, style: style).rows() + [""]
    rows += DisplayWidth.wrap(height, to: style.width).map { Tone.bold.paint($0, in: style) }
    if let curve = Curve.row(view, style: style) { rows.append(curve) }
    if let finding { rows += DisplayWidth.wrap(finding, to: style.width) }
    rows += [""] + HoldersTable(view, style: style, most: Self.most).rows()
    rows += ProcessTable(view, style: style, .summary).rows()
    rows += paths()
    return rows + closing(view, style: style)
  }

  /// How much was in use, and when.
  private var height: String {
    let peak = style.size(view.header.peak)
    let top = Double(view.header.peakMoment) / 1e9
    switch view.when {
    case .peak where view.capture.isTree:
      let words = JointPeak(view, style: style).words
      return "The peak of all processes together was \(peak)\(words), at "
        + "\(style.moment(top))\(clock)."
    case .peak:
      let resident = view.header.residentAtPeak
      let pages = resident > 0 ? "; \(style.size(resident)) were resident then" : ""
      return "The peak was \(peak), at \(style.moment(top))\(clock)\(pages)."
    case .end:
      let moment = view.capture.isTree ? "when each process ended" : "at the end"
      return "\(style.size(view.header.live)) were in use \(moment); the peak was \(peak)."
    case .at, .window:
      let told = view.account.height.map { bytes in
        bytes < 0 ? "a decrease of \(style.size(bytes.size))" : style.size(bytes)
      }
      let whole = words.whole.prefix(1).uppercased() + words.whole.dropFirst()
      return "\(whole) was \(told ?? "not noted"); the peak was \(peak), at \(style.moment(top))."
    }
  }

  /// When that was by the clock, where a recording is long enough for that to matter.
  private var clock: String {
    let header = view.header
    guard header.startTime > 0, view.capture.duration >= 60 else { return "" }
    return " (\(Style.date(header.startTime.plus(header.peakMoment))))"
  }

  /// The one sentence: which line it is.
  var finding: String? {
    // What holds most is first; there are few rows that are no lines.
    let lines = view.account.rows.prefix(8).filter { $0.place.isLine && $0.figures.held > 0 }
    guard let first = lines.first, view.added > 0 else { return nil }
    let share = Double(first.figures.held) / Double(view.added)
    func percent(_ share: Double) -> String { "\(Int(clamped: 100 * min(1, share))) %" }
    guard case .line(let file, let line, _) = first.place else { return nil }
    let three = lines.prefix(3).reduce(0) { $0.plus($1.figures.held) }
    // Beside what was there before it may be nothing.
    guard view.before == 0 || three >= view.whole / 100 else { return nil }
    let whole = view.addedWords(style)
    let name = "Line \(line) of \(view.short(file))"
    if share >= 0.995 { return "\(name) \(words.verb) nearly all of \(whole)." }
    if share >= 0.25 { return "\(name) \(words.verb) \(percent(share)) of \(whole)." }
    let together = Double(three) / Double(view.added)
    guard together >= 0.01 else { return nil }
    if lines.count < 3 { return "\(name) \(words.verb) \(percent(share)) of \(whole)." }
    return "No line stands out: the largest, line \(line) of \(view.short(file)), \(words.verb) "
      + "\(percent(share)) of \(whole), the three largest \(percent(together))."
  }

  /// The calls that lead to the three lines that hold most.
  private func paths() -> [String] {
    let least = view.least(0.01)
    let rows = view.account.rows.prefix(8).filter {
      $0.place.isLine && $0.figures.held >= least
    }.prefix(3)
    guard !rows.isEmpty else { return [] }
    var result = ["", Tone.bold.paint("On which calls", in: style)]
    for row in rows {
      let thread = view.account.tree.thread(of: row.heaviestNode)
      let label = view.hasThreads ? "\(view.name(.thread(thread))): " : ""
      let text = label + view.path(to: row.heaviestNode, style: style)
      let wrapped = DisplayWidth.wrap(text, to: style.width.map { max(8, $0 - 4) })
      for (index, part) in wrapped.enumerated() {
        result.append((index == 0 ? "  " : "    ") + part)
      }
    }
    return result
  }
}
