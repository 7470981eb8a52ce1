// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// A page's subject as its script reads it (`Web/report`): columns of numbers, and what the JSON has of it.
struct PageData {
  /// What a page shows well, and what is more is folded.
  struct Most {
    var nodes = 100_000
    var changes = 1 << 18
    var moments = 10_000
    /// Of the capture before, of which only the curve is drawn.
    var momentsBefore = 2000
  }

  let subject: PageSubject
  private(set) var columns = PageColumns()
  let folded: FoldedTree
  let timeline: PageTimeline
  let places: PagePlaces
  let sources: PageSources
  let owners: PageOwners
  let momentsBefore: PageMoments?

  init(_ subject: PageSubject, most: Most = Most()) {
    self.subject = subject
    let (tree, now) = (subject.tree, subject.now)
    let count = tree.parents.count
    let all = NodeColumns(now.view.capture, nodes: now.nodes, count: count)
    let before = subject.before.map {
      NodeColumns($0.view.capture, nodes: $0.nodes, count: count)
    }
    folded = FoldedTree(
      parents: tree.parents, measures: all.measures + (before?.measures ?? []), most: most.nodes)
    timeline = PageTimeline(now.view.capture, nodes: now.nodes, most: most.changes)
    places = PagePlaces(tree, folded)
    sources = PageSources(subject)
    owners = PageOwners(now.view)
    momentsBefore = subject.before.map {
      PageMoments($0.view.capture, most: most.momentsBefore)
    }
    addPlaces()
    addNodes(all)
    if let before { addNodes(before, "Before") }
    addTimeline(PageMoments(now.view.capture, most: most.moments))
  }

  private mutating func addPlaces() {
    columns.add("place.kind", places.kinds)
    columns.add("place.file", places.files)
    columns.add("place.line", places.lines)
    columns.add("place.function", places.functions)
    columns.add("node.parent", folded.parents)
    columns.add("node.place", places.placeOfNode)
  }

  private mutating func addNodes(_ all: NodeColumns, _ suffix: String = "") {
    let nodes = all.folded(into: folded.targets, count: folded.kept.count)
    for (name, numbers) in nodes.named(isSampled: subject.isSampled) {
      columns.add("node.\(name)\(suffix)", numbers)
    }
  }

  private mutating func addTimeline(_ moments: PageMoments) {
    let capture = subject.now.view.capture
    let rows = timeline.counters
    columns.add("counter.node", rows.map { folded.targets[Int(subject.now.nodes[$0])] })
    columns.add("counter.live", rows.map { Double(capture.counters[$0].live) })
    columns.add("counter.process", owners.processes(of: rows))
    columns.add("counter.thread", owners.threads(of: rows))
    columns.add("change.counter", timeline.changes.map(\.row))
    columns.add("change.until", timeline.changes.map { Int32(clamping: $0.until) })
    columns.add("change.live", timeline.changes.map { Double($0.live) })
    columns.add("moment.ms", moments.milliseconds)
    columns.add("moment.live", moments.live)
    columns.add("moment.highest", moments.highest)
    columns.add("moment.resident", moments.resident)
  }
}
