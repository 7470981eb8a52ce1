// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// The stacks as people see them: frames of the same line are one, hidden ones are with their caller.
///
/// Flat columns, a parent always before its children; node 0 is the process. Of a tree of processes
/// each is a node below it. Costs one look-up in a table for each stack.
package struct CallTree: Sendable {
  /// What nodes are; several nodes may be the same place.
  package private(set) var places: [Place] = [.process]
  /// Of each of these where it stands among them.
  private(set) var orders = [PlaceOrder(.process)]
  /// Of each node its parent and its place, as indices; the root is its own parent.
  package private(set) var parents: [Int32] = [0]
  package private(set) var placeOfNode: [Int32] = [0]
  /// Of each entry of the counters its node; -1 for those that are not looked at.
  package private(set) var nodeOfCounters: [Int32] = []
  /// Of each node the bytes that it holds itself, and with all that it called.
  package internal(set) var own: [Int] = []
  package internal(set) var total: [Int] = []

  private var nodes: PairTable
  private var placeNumbers: [Place: Int32] = [.process: 0]
  private var lineNumbers: PairTable

  init(_ capture: Capture, _ selection: Selection) throws(AnalysisFailure) {
    nodes = PairTable(room: capture.stacks.count)
    lineNumbers = PairTable(room: 0)
    let shown = selection.shown(in: capture)
    let chosen = try selection.threads(in: capture)
    let names = FunctionNames(capture)
    let members = MemberStacks(capture)
    let count = capture.stacks.count
    var nodeOfStack = [Int32](repeating: 0, count: count)
    // Of each stack the index of its thread; 0 for none.
    var thread = [Int32](repeating: 0, count: count)
    for index in 1..<max(1, count) {
      let stack = capture.stacks[index]
      let parent = Int(stack.parent)
      let above = nodeOfStack[parent]
      thread[index] = thread[parent]
      if stack.function == 0 {
        guard parent == 0 else {
          nodeOfStack[index] = above
          continue
        }
        let number = Int(stack.line) < capture.threads.count ? Int(stack.line) : 0
        thread[index] = Int32(number)
        nodeOfStack[index] = node(
          below: self.node(of: members.ofStack(index)), number: self.number(of: .thread(number)))
      } else if shown[Int(stack.function)] {
        let name = names.first[Int(stack.function)]
        let number = lineNumber(name, stack.line, names)
        nodeOfStack[index] = node(below: above, number: number)
      } else {
        nodeOfStack[index] = above
      }
    }
    nodeOfCounters = Array(repeating: -1, count: capture.counters.count)
    for index in 1..<max(1, capture.counters.count) {
      let stack = Int(capture.counters[index].stack)
      if let chosen, !chosen[Int(thread[stack])] { continue }
      nodeOfCounters[index] = nodeOfOwn(
        stack, capture.stacks[stack],
        stack == 0 ? node(of: members.ofCounters(index)) : nodeOfStack[stack],
        hasOnly: !selection.only.isEmpty)
    }
    nodes = PairTable(room: 0)
    lineNumbers = PairTable(room: 0)
    placeNumbers = [:]
  }

  /// The node that has what a stack itself allocated.
  private mutating func nodeOfOwn(
    _ index: Int, _ stack: CaptureStack, _ node: Int32, hasOnly: Bool
  ) -> Int32 {
    let isLine = if case .line = places[Int(placeOfNode[Int(node)])] { true } else { false }
    if index == 0 { return self.node(below: node, number: number(of: .unknown)) }
    if stack.function == 0, !(isLine && hasOnly) {
      return self.node(below: node, number: number(of: hasOnly ? .hidden : .outside))
    }
    return isLine ? node : self.node(below: node, number: number(of: .hidden))
  }

  /// The node of a process of a tree; without one the root.
  private mutating func node(of member: Int?) -> Int32 {
    guard let member else { return 0 }
    return node(below: 0, number: number(of: .member(member)))
  }

  private mutating func node(below parent: Int32, number: Int32) -> Int32 {
    let new = Int32(parents.count)
    let number = UInt32(bitPattern: number)
    let known = nodes.number(parent, number, orElse: new)
    if known == new {
      parents.append(parent)
      placeOfNode.append(Int32(bitPattern: number))
    }
    return known
  }

  private mutating func number(of place: Place) -> Int32 {
    if let known = placeNumbers[place] { return known }
    let new = Int32(places.count)
    places.append(place)
    orders.append(PlaceOrder(place))
    placeNumbers[place] = new
    return new
  }

  /// The number of a line; `name` is the first function of that name and file.
  private mutating func lineNumber(
    _ name: Int32, _ line: UInt32, _ names: FunctionNames
  ) -> Int32 {
    let new = Int32(places.count)
    let known = lineNumbers.number(name, line, orElse: new)
    if known == new {
      // The same texts for all lines of a function: a text is decoded once.
      let texts = names.texts[Int(name)]
      places.append(.line(file: texts.file, line: Int(line), function: texts.name))
      let ranks = names.ranks[Int(name)]
      orders.append(PlaceOrder(file: ranks.file, line: line, function: ranks.name))
    }
    return known
  }

  // MARK: - Asking

  /// What a node is.
  package func place(_ node: Int) -> Place { places[Int(placeOfNode[node])] }

  /// The nodes from the outermost frame to a node, without processes and thread.
  package func path(to node: Int) -> [Int] {
    var path: [Int] = []
    var current = node
    while current != 0 {
      if place(current).isBeginning { break }
      path.append(current)
      current = Int(parents[current])
    }
    return path.reversed()
  }

  /// The index of a node's thread; 0 where it has none.
  package func thread(of node: Int) -> Int {
    var current = node
    while current != 0 {
      if case .thread(let index) = place(current) { return index }
      current = Int(parents[current])
    }
    return 0
  }

  /// The index of a node's process in a tree; nil where there is one process.
  package func member(of node: Int) -> Int? {
    var current = node
    while current != 0 {
      if case .member(let index) = place(current) { return index }
      current = Int(parents[current])
    }
    return nil
  }

  /// Of each node those that it called, in no order: `items` from `starts[node]` on.
  package func children() -> (starts: [Int32], items: [Int32]) {
    var starts = [Int32](repeating: 0, count: parents.count + 1)
    for node in parents.indices.dropFirst() { starts[Int(parents[node]) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    var next = starts
    var items = [Int32](repeating: 0, count: max(0, parents.count - 1))
    for node in parents.indices.dropFirst() {
      let parent = Int(parents[node])
      items[Int(next[parent])] = Int32(node)
      next[parent] += 1
    }
    return (starts, items)
  }
}
