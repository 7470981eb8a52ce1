// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// What is different in a second recording: by line, by stack, and as a whole.
///
/// The one way round is the negative of the other. Costs a few look-ups for each line, and one for
/// each stack.
package struct Difference: Sendable {
  /// A line of either recording, or of both.
  package struct Line: Sendable {
    /// Its index among the lines of the tree.
    package fileprivate(set) var number = 0
    /// Where it was and where it is; one of the two is nil for a line that is gone or new.
    package var before: Place?
    package var after: Place?
    package var figuresBefore = Figures()
    package var figuresAfter = Figures()
    /// What it may have without a sample; nil where all was recorded.
    fileprivate var unsampled: Int?

    /// Which of the two recordings it is in.
    package enum Status: String, Sendable {
      case both, new, gone
    }

    package var status: Status { before == nil ? .new : after == nil ? .gone : .both }

    /// Where it is, or was.
    package var place: Place { after ?? before ?? .unknown }

    package func change(_ figure: Figure) -> Change {
      Change(
        before: figuresBefore.amount(figure), after: figuresAfter.amount(figure),
        variance: figure.isBytes || unsampled != nil
          ? figuresBefore.variance(figure).flatMap { one in
            figuresAfter.variance(figure).map { one + $0 }
          } : 0, unsampled: figure.isBytes ? unsampled ?? 0 : 0)
    }

    /// Whether any figure is another.
    package var isChanged: Bool { Figure.allCases.contains { change($0).amount != 0 } }
  }

  package let figure: Figure
  /// Those of which any figure is another; what changed most is first.
  package let lines: [Line]
  /// The calls of both.
  package let tree: UnionTree
  package let stacks: StackChanges
  /// Whether a recording has samples only.
  package var isSampled: Bool { unsampled != nil }
  /// Bytes of a line that may have no sample, with a probability of 5 %; nil where all was recorded.
  package let unsampled: Int?
  /// Lines that were taken for the same by their number, since a text was not known.
  package let matchedByNumber: Int
  private let before: Summary
  private let after: Summary

  package init(_ before: Side, _ after: Side, by figure: Figure) {
    self.figure = figure
    let captures = [before.capture, after.capture].filter(\.isSampled)
    // n bytes have no sample with the probability exp(-n / interval).
    let unsampled = captures.map { Int(clamping: 2.9957 * Double($0.header.interval)) }.max()
    self.unsampled = unsampled
    self.before = Summary(before)
    self.after = Summary(after)
    let matching = LineMatching(before, after)
    matchedByNumber = matching.byNumber
    tree = UnionTree(before.account.tree, after.account.tree, matching)
    stacks = StackChanges(before, after, tree, figure, unsampled: unsampled ?? 0)
    lines = Self.lines(before, after, matching, figure, unsampled: unsampled)
  }

  private static func lines(
    _ before: Side, _ after: Side, _ matching: LineMatching, _ figure: Figure, unsampled: Int?
  ) -> [Line] {
    var all = matching.lines.enumerated().map { number, line in
      Line(number: number, before: line.before, after: line.after, unsampled: unsampled)
    }
    for (index, figures) in figuresOfPlaces(before.account) {
      all[Int(matching.before[index])].figuresBefore = figures
    }
    for (index, figures) in figuresOfPlaces(after.account) {
      all[Int(matching.after[index])].figuresAfter = figures
    }
    struct Key {
      var change: UInt
      var most: Int
      var index: Int
    }
    let keys = all.indices.compactMap { index -> Key? in
      guard all[index].isChanged else { return nil }
      let change = all[index].change(figure)
      return Key(
        change: change.amount.magnitude, most: max(change.before, change.after), index: index)
    }
    return keys.sorted { one, other in
      if one.change != other.change { return one.change > other.change }
      if one.most != other.most { return one.most > other.most }
      return all[one.index].place.isBefore(all[other.index].place)
    }.map { all[$0.index] }
  }

  private static func figuresOfPlaces(_ account: Account) -> [(Int, Figures)] {
    account.rows.map { (Int(account.tree.placeOfNode[$0.heaviestNode]), $0.figures) }
  }

  // MARK: - Wholes

  /// What both processes had of a figure; counted, whatever the mode.
  package func total(_ figure: Figure) -> Change {
    Change(before: before.total(figure), after: after.total(figure))
  }

  /// What all lines add up to.
  package func inLines(_ figure: Figure) -> Change {
    change(figure, before.lines, after.lines)
  }

  /// What threads have that are not looked at.
  package func inOtherThreads(_ figure: Figure) -> Change {
    change(figure, before.otherThreads, after.otherThreads)
  }

  /// What was there before the recordings began.
  package func baseline(_ figure: Figure) -> Change {
    Change(before: before.baseline(figure), after: after.baseline(figure))
  }

  /// What is in none of these; its error is that of the lines.
  package func unexplained(_ figure: Figure) -> Change {
    var change = Change(before: before.unexplained(figure), after: after.unexplained(figure))
    let lines = inLines(figure)
    (change.variance, change.unsampled) = (lines.variance, lines.unsampled)
    return change
  }

  private func change(_ figure: Figure, _ one: Figures, _ other: Figures) -> Change {
    Line(figuresBefore: one, figuresAfter: other, unsampled: unsampled).change(figure)
  }
}
