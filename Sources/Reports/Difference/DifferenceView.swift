// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What a report of two captures is made from.
package struct DifferenceView {
  /// A capture and what it was called by whoever asked.
  package struct Part {
    package let name: String
    package let capture: CaptureView

    package init(name: String, capture: CaptureView) {
      self.name = name
      self.capture = capture
    }
  }

  package let before: Part
  package let after: Part
  package let difference: Difference

  /// `before`, `after`: views of the peak, with the same selection.
  package init(before: Part, after: Part, by figure: Figure) {
    self.before = before
    self.after = after
    difference = Difference(
      Self.side(before.capture), Self.side(after.capture), by: figure)
  }

  private static func side(_ view: CaptureView) -> Side {
    let sources = view.sources
    return Side(view.capture, view.account) { sources.textThatRan($0, $1) }
  }

  var figure: Figure { difference.figure }
  var isSampled: Bool { difference.isSampled }

  /// A whole, for a sentence; where both processes ran already, what was in use above what was there before.
  func whole(_ figure: Figure) -> (change: Change, isAbove: Bool) {
    let change = difference.total(figure)
    guard [.peak, .live].contains(figure), before.capture.before > 0, after.capture.before > 0
    else { return (change, false) }
    let old = difference.baseline(figure)
    let (former, now) = (change.before.minus(old.before), change.after.minus(old.after))
    return (Change(before: former, after: now), true)
  }

  /// The bytes, or allocations, that are worth being listed by themselves.
  var least: Int {
    let total = difference.total(figure)
    return max(1, max(total.before, total.after) / 1000)
  }
}

// MARK: - Lines

extension DifferenceView {
  /// A line where it is, or was: a moved one with where it was.
  func name(_ line: Difference.Line) -> String {
    switch (line.before, line.after) {
    case (let place?, nil): return before.capture.name(place) + " (gone)"
    case (nil, let place?): return after.capture.name(place) + " (new)"
    case (let former?, let place?):
      let name = after.capture.name(place)
      guard case .line(_, let number, _) = place, case .line(_, let was, _) = former,
        number != was
      else { return name }
      return name + " (was \(was))"
    case (nil, nil): return after.capture.name(.unknown)
    }
  }

  func function(_ line: Difference.Line) -> String { after.capture.function(line.place) }

  /// The text of a line, as it ran.
  func source(_ line: Difference.Line) -> String? {
    guard case .line(let file, let number, _) = line.place else { return nil }
    return (line.after == nil ? before : after).capture.sources.textThatRan(file, number)
  }

  /// The same without its indentation, for a row.
  func code(_ line: Difference.Line) -> String {
    String(DisplayWidth.shown(source(line) ?? "").drop { $0 == " " })
  }

  /// The calls that lead to a node of the stacks.
  func path(to node: Int, style: Style) -> String {
    style.path(difference.tree.path(to: node)) { call in
      if let place = call.after { return after.capture.name(ofCall: place) }
      return before.capture.name(ofCall: call.before ?? .unknown)
    }
  }
}

// MARK: - What ran

extension DifferenceView {
  /// Whether both are the same recording.
  var isSame: Bool {
    let (one, other) = (before.capture.header, after.capture.header)
    return one.processID == other.processID && one.startTime == other.startTime
      && one.lastMoment == other.lastMoment && one.peak == other.peak
      && one.allocations == other.allocations && command(before) == command(after)
  }

  func command(_ part: Part) -> String { part.capture.capture.command }

  /// Whether the command lines name the same program, whatever its folder and its arguments.
  var isSameProgram: Bool {
    ProgramName(command(before)).program == ProgramName(command(after)).program
  }
}
