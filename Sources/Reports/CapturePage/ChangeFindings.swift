// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What matters in the difference of two captures, as plain sentences: which lines hold more or less at the
/// peak, are new or gone, and what else rose or fell.
struct ChangeFindings {
  private let view: DifferenceView
  private var difference: Difference { view.difference }
  private let style = Style()
  private static let mebibyte = 1 << 20
  /// Lines that have a sentence each, at most.
  private static let most = 4

  init(_ view: DifferenceView) { self.view = view }

  func all() -> [PageFinding] {
    let peak = view.whole(.peak).change
    // A hundredth of the peak is worth a sentence.
    let least = max(1, max(peak.before, peak.after) / 100)
    let lines = changed(.peak, least: least).prefix(Self.most).map { line in
      PageFinding(text: sentence(line), place: line.number)
    }
    let others = [
      total(.live, least: Self.mebibyte, part: 10),
      total(.allocated, least: 10 * Self.mebibyte, part: 5),
    ].compactMap { $0 }
    return (lines.isEmpty ? [unchanged()] : lines) + others
  }

  /// The places of which a figure changed by so much, and by more than its error; the largest change first.
  private func changed(_ figure: Figure, least: Int) -> [Difference.Line] {
    difference.lines.filter { line in
      let change = line.change(figure)
      return change.amount.size >= least && change.isBeyondError != false
    }.sorted { one, other in
      let (mine, others) = (one.change(figure).amount, other.change(figure).amount)
      return mine.size == others.size ? mine > others : mine.size > others.size
    }
  }

  // MARK: - Lines

  private func sentence(_ line: Difference.Line) -> String {
    let change = line.change(.peak)
    let (before, after) = (style.size(change.before), style.size(change.after))
    let name = name(line)
    switch line.status {
    case .new: return "\(name) is new, and holds \(after)\(error(change)) at the peak."
    case .gone: return "\(name) is gone: it held \(before)\(error(change)) at the peak."
    case .both:
      let amount = style.size(change.amount.size) + error(change)
      let direction = change.amount > 0 ? "more" : "less"
      let way = change.amount > 0 ? "up" : "down"
      return "\(name) holds \(amount) \(direction) at the peak: \(after), \(way) from \(before)."
    }
  }

  private func error(_ change: Change) -> String {
    let text = view.isSampled ? ChangeWords(.peak, style: style).error(change) : ""
    // One that is less than the last digit is none.
    return text.contains { ("1"..."9").contains($0) } ? " " + text : ""
  }

  private func name(_ line: Difference.Line) -> String {
    switch line.place {
    case .line(let file, let number, _):
      let part = line.after == nil ? view.before : view.after
      return "Line \(number) of \(part.capture.short(file))"
    case .outside: return "Code outside of Python"
    case .hidden: return "What is hidden"
    case .process, .member, .thread, .unknown: return "What has no known stack"
    }
  }

  // MARK: - Wholes

  /// What is said where no line's part of the peak changed.
  private func unchanged() -> PageFinding {
    let isSame = Figure.allCases.allSatisfy { difference.total($0).amount == 0 }
    if isSame, difference.lines.isEmpty {
      let height = style.size(difference.total(.peak).after)
      return PageFinding(
        text: "Nothing changed: the peak is \(height) in both, and every line has the figures "
          + "that it had.")
    }
    let told = DifferenceTotals(view, style: style).sentences.first ?? ""
    let lines =
      view.isSampled
      ? "No line holds more or less at the peak by more than chance makes in samples."
      : "No line holds more or less at the peak by a hundredth of it."
    return PageFinding(text: "\(told) \(lines)")
  }

  /// A whole that rose or fell by a good part of it, and the line that did most for that.
  private func total(_ figure: Figure, least: Int, part: Int) -> PageFinding? {
    let words = ChangeWords(figure, style: style)
    let (change, isAbove) = view.whole(figure)
    guard change.amount.size >= max(least, max(change.before, change.after) / part) else {
      return nil
    }
    let noun = words.subject(isAbove: isAbove)
    let isMore = change.amount > 0
    let (before, after) = (words.amount(change.before), words.amount(change.after))
    let told = "\(noun) \(isMore ? "rose" : "fell") from \(before) to \(after)"
    let lines = changed(figure, least: change.amount.size / 4)
    guard let line = lines.first(where: { ($0.change(figure).amount > 0) == isMore }) else {
      return PageFinding(text: told + ".")
    }
    let amount = style.size(line.change(figure).amount.size)
    let subject = name(line)
    let verb = figure == .live ? "holds" : "allocates"
    return PageFinding(
      text: "\(told); \(subject.prefix(1).lowercased() + subject.dropFirst()) \(verb) \(amount) "
        + "\(isMore ? "more" : "less").",
      place: line.number)
  }
}
