// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

@_exported import CaptureReader

/// Who holds what at a moment: the lines, the threads, and what no line explains.
package struct Account: Sendable {
  /// A line, or what stands in the place of one.
  package struct Row: Sendable {
    package var place: Place
    package var figures: Figures
    /// Of its nodes in the tree the one that holds most.
    package var heaviestNode: Int
  }

  package let when: When
  package let selection: Selection
  package private(set) var tree: CallTree
  /// What holds most is first.
  package private(set) var rows: [Row]
  /// Of each thread, by its index, what its stacks did.
  package private(set) var threads: [Figures]
  /// Of each process of a tree, by its index, what its stacks did; empty for one process.
  package private(set) var processes: [Figures]
  /// Of each node of the tree what it holds itself as last noted, in bytes.
  package private(set) var live: [Int] = []
  /// All that rows hold.
  package private(set) var sum = Figures()
  /// What threads hold that are not looked at.
  package private(set) var otherThreads = Figures()
  /// Bytes in use at that moment; in a window the increase; nil where nothing was noted.
  package let height: Int?
  /// What of it was there before the recording began; 0 in a window.
  ///
  /// When that is freed is not noted for each block: it is at most what lines and threads leave over.
  package private(set) var baseline = 0

  /// Looks at a capture.
  package init(
    _ capture: Capture, _ when: When = .peak, _ selection: Selection = Selection()
  ) throws(AnalysisFailure) {
    try when.check(capture)
    self.when = when
    self.selection = selection
    tree = try CallTree(capture, selection)
    height = Self.height(capture, when)
    threads = Array(repeating: Figures(), count: capture.threads.count)
    processes = capture.isTree ? capture.processes.map { _ in Figures() } : []
    rows = []
    fill(capture, Holdings(capture, when))
    if case .window = when { return }
    let left = height.map { max(0, $0.minus(sum.held).minus(otherThreads.held)) }
    baseline = min(capture.header.baseline, left ?? .max)
  }

  /// What the rows do not explain of the height: stacks that were not recorded, and where blocks are
  /// sampled the error of the sum.
  package var unexplained: Int? {
    height.map { $0.minus(baseline).minus(sum.held).minus(otherThreads.held) }
  }

  private mutating func fill(_ capture: Capture, _ holdings: Holdings) {
    var figures = Array(repeating: Figures(), count: tree.places.count)
    var own = Array(repeating: 0, count: tree.parents.count)
    live = own
    let threadOfNode = threadsOfNodes()
    let members = MemberStacks(capture)
    for index in capture.counters.indices.dropFirst() {
      var one = Figures()
      one.add(capture.counters[index])
      one.held = holdings.bytes[index]
      one.heldBlocks = holdings.blocks.isEmpty ? 0 : holdings.blocks[index]
      one.heldVariance = holdings.variance[index]
      let node = Int(tree.nodeOfCounters[index])
      guard node >= 0 else {
        otherThreads.add(one)
        continue
      }
      figures[Int(tree.placeOfNode[node])].add(one)
      sum.add(one)
      own[node] = own[node].plus(one.held)
      live[node] = live[node].plus(one.live)
      let thread = Int(threadOfNode[node])
      if thread > 0, thread < threads.count { threads[thread].add(one) }
      if let member = members.ofCounters(index) { processes[member].add(one) }
    }
    var total = own
    // A parent is before its children.
    for node in own.indices.dropFirst().reversed() {
      let parent = Int(tree.parents[node])
      total[parent] = total[parent].plus(total[node])
    }
    var heaviest = Array(repeating: -1, count: tree.places.count)
    for node in own.indices {
      let place = Int(tree.placeOfNode[node])
      if heaviest[place] < 0 || own[node] > own[heaviest[place]] { heaviest[place] = node }
    }
    tree.own = own
    tree.total = total
    rows = sorted(figures).map { index in
      Row(
        place: tree.places[index], figures: figures[index], heaviestNode: max(0, heaviest[index]))
    }
  }

  /// The places that did anything, by what is held, then by what was allocated, then by name, so that
  /// equal captures look equal.
  private func sorted(_ figures: [Figures]) -> [Int] {
    struct Key {
      var held: Int
      var allocated: Int
      var index: Int
    }
    let nothing = Figures()
    var keys = figures.indices.compactMap { index in
      figures[index] == nothing
        ? nil
        : Key(held: figures[index].held, allocated: figures[index].allocated, index: index)
    }
    keys.sort { one, other in
      if one.held != other.held { return one.held > other.held }
      if one.allocated != other.allocated { return one.allocated > other.allocated }
      return tree.orders[one.index] < tree.orders[other.index]
    }
    return keys.map(\.index)
  }

  private func threadsOfNodes() -> [Int32] {
    var threads = [Int32](repeating: 0, count: tree.parents.count)
    for node in threads.indices.dropFirst() {
      if case .thread(let index) = tree.place(node) {
        threads[node] = Int32(index)
      } else {
        threads[node] = threads[Int(tree.parents[node])]
      }
    }
    return threads
  }

  private static func height(_ capture: Capture, _ when: When) -> Int? {
    switch when {
    case .peak: return capture.header.peak
    case .end: return capture.header.live
    case .at(let seconds): return capture.inUse(at: seconds)
    case .window(let first, let second):
      guard let before = capture.inUse(at: first), let after = capture.inUse(at: second) else {
        return nil
      }
      return after.minus(before)
    }
  }
}

extension Figures {
  package mutating func add(_ other: Figures) {
    held = held.plus(other.held)
    heldBlocks += other.heldBlocks
    heldVariance += other.heldVariance
    live = live.plus(other.live)
    liveBlocks += other.liveBlocks
    liveVariance += other.liveVariance
    allocated = allocated.plus(other.allocated)
    allocations += other.allocations
    allocatedVariance += other.allocatedVariance
    temporary = temporary.plus(other.temporary)
    temporaryBlocks += other.temporaryBlocks
  }
}
