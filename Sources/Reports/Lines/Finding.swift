// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The one sentence above a table: what in it matters, in order of weight, or nothing.
///
/// Each clause is true of the figures as they are defined. "Adds" is an increment, net and over all
/// executions; it never says whose memory was freed, because the figures do not. What weighs little
/// is not mentioned.
struct Finding {
  private let figures: FunctionFigures
  private let style: Style
  private let isHeap: Bool
  /// Sizes below this are not worth a word.
  ///
  /// Resident pages come in batches, so that small changes of theirs say nothing.
  private let least: Int

  private init(_ figures: FunctionFigures, backend: String, style: Style) {
    self.figures = figures
    self.style = style
    isHeap = backend == "heap"
    least = isHeap || backend == "tracemalloc" ? 16 << 10 : 1 << 20
  }

  /// The sentence for a function of a profile; nil where there is nothing to say.
  static func sentence(
    for figures: FunctionFigures, backend: String, style: Style
  ) -> String? {
    let finding = Finding(figures, backend: backend, style: style)
    let clauses = finding.clauses().prefix(3).joined(separator: "; ")
    guard let first = clauses.first else { return nil }
    return first.uppercased() + clauses.dropFirst() + "."
  }

  /// The number of the line that the sentence begins with; nil where it is about all of them.
  static func subject(
    of figures: FunctionFigures, backend: String, style: Style
  ) -> Int? {
    let finding = Finding(figures, backend: backend, style: style)
    return finding.weighty().first?.line.line
  }

  private typealias Line = LineProfile.Line

  private struct Clause {
    var text: String
    /// What it is about.
    var line: Line
    /// Whether "it" would be this line, for the clause that follows.
    var isOnlyAboutIt = true
  }

  private func clauses() -> [String] {
    weighty().map(\.text)
      + [release(), balance(), others(), residence()].compactMap { $0 }
  }

  /// What is said of single lines: what stays, what does not, and what is allocated over and over.
  private func weighty() -> [Clause] {
    let peak = peak()
    let growth = peak ?? growth()
    let temporary = temporaries(told: peak?.line, justNamed: growth?.line)
    let last = temporary ?? growth
    let churn = churn(
      told: temporary?.line, justNamed: last?.isOnlyAboutIt == true ? last?.line : nil)
    return [growth, temporary, churn].compactMap { $0 }
  }

  // MARK: - What stays

  /// Which line the peak of the whole call is made of, where that is known.
  private func peak() -> Clause? {
    guard let peak = figures.peak, peak.bytes >= least else { return nil }
    let earlier = figures.ran.prefix { $0.line != peak.line.line }
    let largest = earlier.max { $0.increment < $1.increment }
    let own = peak.line.ownPeak ?? 0
    let top = "\(style.size(peak.bytes)) above the start"
    if let largest, largest.increment > own {
      // What the line left in use, less all that was freed between then and the peak: the lines do
      // not say whose it was.
      let after = figures.ran.filter { $0.line > largest.line && $0.line <= peak.line.line }
      let held = after.reduce(largest.increment) { $0.adding(-($1.freed ?? 0).size) }
      guard Double(held) >= 0.25 * Double(peak.bytes), held <= peak.bytes else { return nil }
      let isExact = Double(held) >= 0.99 * Double(largest.increment)
      let share = (isExact ? "" : "at least ") + share(of: held, in: peak.bytes)
      let text =
        "line \(largest.line) holds \(share) of the peak, \(top), which line \(peak.line.line) "
        + "reaches"
      return Clause(text: text, line: largest, isOnlyAboutIt: false)
    }
    guard own <= peak.bytes else { return nil }
    let share = share(of: own, in: peak.bytes)
    let adds = isTemporary(peak.line) ? ", and adds \(adds(peak.line))" : ""
    return Clause(
      text: "line \(peak.line.line) makes \(share) of the peak, \(top)\(adds)", line: peak.line)
  }

  /// Which line adds most, and how much of what all lines add.
  private func growth() -> Clause? {
    guard let top = figures.ran.max(by: { $0.increment < $1.increment }), top.increment >= least
    else { return nil }
    let total = figures.sum { max(0, $0.increment) }
    let size = style.size(top.increment)
    if figures.isRecursive {
      return Clause(text: "line \(top.line) adds most: \(size)", line: top)
    }
    if top.increment == total {
      return Clause(text: "line \(top.line) adds all that the lines add: \(size)", line: top)
    }
    let share = share(of: top.increment, in: total)
    let whole = style.size(total) == size ? "" : " of \(style.size(total))"
    return Clause(
      text: "line \(top.line) adds \(share) of what the lines add: \(size)\(whole)", line: top)
  }

  // MARK: - What does not stay

  /// The line that stands highest above what it adds, where that is much.
  private func temporaries(told: Line?, justNamed: Line?) -> Clause? {
    let highest = figures.ran.compactMap(\.ownPeak).max() ?? 0
    let candidates = figures.ran.filter { line in
      line.line != told?.line && isTemporary(line)
        && Double(line.ownPeak ?? 0) >= 0.25 * Double(highest)
    }
    guard let line = candidates.max(by: { excess($0) < excess($1) }) else { return nil }
    let peaks = "peaks \(style.size(line.ownPeak ?? 0)) above its start"
    if line.line == justNamed?.line { return Clause(text: "it \(peaks)", line: line) }
    return Clause(text: "line \(line.line) \(peaks) and adds \(adds(line))", line: line)
  }

  /// Whether the line stood well above what it adds.
  private func isTemporary(_ line: Line) -> Bool {
    excess(line) >= least && Double(line.ownPeak ?? 0) >= 1.5 * Double(line.increment)
  }

  private func excess(_ line: Line) -> Int { (line.ownPeak ?? 0).adding(-max(0, line.increment)) }

  /// The line that allocates most of what it does not add, where that is many times as much.
  private func churn(told: Line?, justNamed: Line?) -> Clause? {
    let candidates = figures.ran.filter { line in
      guard let allocated = line.allocated, allocated >= 1 << 20 else { return false }
      let factor: Double = line.line == told?.line ? 4 : 2
      return Double(allocated) >= 4 * Double(max(0, line.increment))
        && Double(allocated) >= factor * Double(line.ownPeak ?? 0)
    }
    guard
      let line = candidates.max(by: { ($0.allocated ?? 0) < ($1.allocated ?? 0) }),
      let allocated = line.allocated
    else { return nil }
    let blocks = line.allocations.map { " in \(Digits.grouped($0)) blocks" } ?? ""
    let allocates = "allocates \(style.size(allocated))\(blocks)"
    // What it adds has just been said.
    if line.line == justNamed?.line { return Clause(text: "it \(allocates)", line: line) }
    return Clause(text: "line \(line.line) \(allocates) to add \(adds(line))", line: line)
  }

  /// The line that gives back most.
  private func release() -> String? {
    guard let line = figures.ran.min(by: { $0.increment < $1.increment }), line.increment <= -least
    else { return nil }
    let total = figures.sum { max(0, $0.increment) }
    guard Double(line.increment.magnitude) >= 0.1 * Double(total) else { return nil }
    return "line \(line.line) gives back \(style.size(line.increment.size))"
  }

  /// What the lines come to, where that is nothing, or less than nothing.
  private func balance() -> String? {
    guard isHeap, !figures.isRecursive else { return nil }
    let net = figures.sum(\.increment)
    let allocated = figures.sum(\.allocated)
    if net <= -least {
      return "in all, \(style.size(net.size)) more is freed than allocated"
    }
    guard allocated >= 1 << 20, abs(net) < least else { return nil }
    return net == 0 ? "nothing stays" : "next to nothing stays"
  }

  // MARK: - Beside the line's own

  /// What others did while a line ran, where that dwarfs the lines' own.
  private func others() -> String? {
    let own = figures.ran.map { max(Double($0.increment.magnitude), Double($0.ownPeak ?? 0)) }
    guard let line = figures.ran.max(by: { others($0) < others($1) }),
      let bytes = line.otherThreads,
      bytes.magnitude >= 1 << 20, Double(bytes.magnitude) >= 0.5 * (own.max() ?? 0)
    else { return nil }
    let verb = bytes < 0 ? "gave back" : "added"
    let size = style.size(bytes.size)
    return "while line \(line.line) ran, the rest of the process \(verb) \(size)"
  }

  private func others(_ line: Line) -> UInt { line.otherThreads?.magnitude ?? 0 }

  /// Where the resident set does not follow the heap.
  private func residence() -> String? {
    guard isHeap,
      let line = figures.ran.max(by: { $0.increment.magnitude < $1.increment.magnitude }),
      line.increment.magnitude >= 8 << 20
    else { return nil }
    let resident = Double(line.residentIncrement) / Double(line.increment)
    guard resident < 0.1, resident > -0.1 else { return nil }
    return line.increment > 0
      ? "of what line \(line.line) adds, little is new in the resident set "
        + "(\(style.size(line.residentIncrement)))"
      : "what line \(line.line) gives back stays in the resident set "
        + "(\(style.size(line.residentIncrement)))"
  }

  // MARK: - Words

  /// What a line adds, after something much larger.
  private func adds(_ line: Line) -> String {
    if line.increment == 0 { return "nothing" }
    if line.increment < 0 { return "less than nothing (\(style.size(line.increment)))" }
    return "only \(style.size(line.increment))"
  }

  /// A part in percent.
  ///
  /// Only the whole is all of it.
  private func share(of part: Int, in whole: Int) -> String {
    if part == whole { return "all" }
    let percent = 100 * Double(part) / Double(whole)
    if percent >= 99.5 { return "nearly all" }
    return percent < 1 ? "less than 1 %" : "\(Int(percent.rounded())) %"
  }
}
