// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What a page is about: a capture, or what is different in it from one before.
struct PageSubject {
  /// A capture, and of each entry of its counters the node of the page's tree.
  struct Part {
    let view: CaptureView
    let nodes: [Int32]
  }

  let tree: PageTree
  /// The capture that is shown; of two the second.
  let now: Part
  /// The first of two.
  let before: Part?
  /// Both of them compared.
  let difference: DifferenceView?
  /// What the page begins with, where that is not all: the lines of the program itself.
  let own: OwnLines?

  init(_ view: CaptureView) {
    tree = PageTree(view.account.tree)
    now = Part(view: view, nodes: view.account.tree.nodeOfCounters)
    before = nil
    difference = nil
    own = OwnLines(view)
  }

  init(_ view: DifferenceView) {
    let union = view.difference.tree
    func part(_ view: CaptureView, _ nodes: [Int32]) -> Part {
      Part(
        view: view,
        nodes: view.account.tree.nodeOfCounters.map { $0 < 0 ? -1 : nodes[Int($0)] })
    }
    tree = PageTree(union)
    now = part(view.after.capture, union.after)
    before = part(view.before.capture, union.before)
    difference = view
    own = nil
  }

  var isSampled: Bool { difference?.isSampled ?? now.view.isSampled }

  // MARK: - Words

  private static let style = Style()

  var title: String {
    if let difference { return DifferenceHeading(difference, style: Self.style).title }
    let command = ProgramName.withoutFolder(now.view.capture.command)
    return command.isEmpty ? "a program whose name is not known" : command
  }

  /// What ran, and how it was recorded and ended.
  var about: [String] {
    let heading = CaptureHeading(now.view, style: Self.style)
    guard let difference else { return [heading.about, heading.ending.text] + heading.chosen }
    let both = DifferenceHeading(difference, style: Self.style)
    return [("Before: ", difference.before), ("After: ", difference.after)].flatMap { label, part in
      let (ending, tone) = CaptureHeading(part.capture, style: Self.style).ending
      return [label + both.about(part)] + (tone == .plain ? [] : [ending])
    } + heading.chosen
  }

  var findings: [PageFinding] {
    difference.map { ChangeFindings($0).all() } ?? PageFindings(now.view, own).all()
  }

  /// What limits the figures; asked last, because only then is it known which sources had to be read.
  var notes: [String] {
    guard let difference else { return now.view.caveats }
    let limits = DifferenceLimits(difference, style: Self.style)
    return limits.estimates() + limits.notes()
  }

  // MARK: - Lines

  /// The lines that are there now, what matters most first; then those that only called others, where
  /// their source is to be had from nowhere else.
  var heaviest: [(file: String, line: Int)] {
    let changed = difference?.difference.lines.compactMap(\.after) ?? []
    let callers = now.view.account.tree.places.filter { place in
      if case .line(let file, _, _) = place { now.view.sources.hasWhole(file) } else { false }
    }
    return Self.lines(changed + now.view.account.rows.map(\.place) + callers)
  }

  /// The lines that are gone, what matters most first.
  var gone: [(file: String, line: Int)] {
    let changed = difference?.difference.lines.filter { $0.status == .gone }.map(\.place) ?? []
    return Self.lines(changed + tree.isGone.sorted().map { tree.places[$0] })
  }

  private static func lines(_ places: [Place]) -> [(file: String, line: Int)] {
    places.compactMap { place in
      guard case .line(let file, let line, _) = place else { return nil }
      return (file, line)
    }
  }
}
