// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// The stacks as people see them: frames of the same line are one, hidden ones are with their caller.
///
/// Flat columns, a parent always before its children; node 0 is the process. Costs one look-up in a
/// table for each stack.
package struct CallTree: Sendable {
  /// What nodes are; several nodes may be the same place.
  package private(set) var places: [Place] = [.process]
  /// Of each node its parent and its place, as indices; the root is its own parent.
  package private(set) var parents: [Int32] = [0]
  package private(set) var placeOfNode: [Int32] = [0]
  /// Of each entry of the counters its node; -1 for those that are not looked at.
  package private(set) var nodeOfCounters: [Int32] = []
  /// Of each node the bytes that it holds itself, and with all that it called.
  package internal(set) var own: [Int] = []
  package internal(set) var total: [Int] = []

  private var nodes: [UInt64: Int32] = [:]
  private var placeNumbers: [Place: Int32] = [.process: 0]
  private var lineNumbers: [UInt64: Int32] = [:]

  init(_ capture: Capture, _ selection: Selection) throws(AnalysisFailure) {
    let shown = selection.shown(in: capture)
    let chosen = try selection.threads(in: capture)
    let names = Self.functionNames(capture)
    let count = capture.stacks.count
    nodes.reserveCapacity(count)
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
        nodeOfStack[index] = node(below: 0, number: self.number(of: .thread(number)))
      } else if shown[Int(stack.function)] {
        let name = names[Int(stack.function)]
        let number = lineNumber(name, stack.line, capture)
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
        stack, capture.stacks[stack], nodeOfStack[stack], hasOnly: !selection.only.isEmpty)
    }
    nodes = [:]
    lineNumbers = [:]
    placeNumbers = [:]
  }

  /// The node that has what a stack itself allocated.
  private mutating func nodeOfOwn(
    _ index: Int, _ stack: CaptureStack, _ node: Int32, hasOnly: Bool
  ) -> Int32 {
    let isLine = if case .line = places[Int(placeOfNode[Int(node)])] { true } else { false }
    if index == 0 { return self.node(below: 0, number: number(of: .unknown)) }
    if stack.function == 0, !(isLine && hasOnly) {
      return self.node(below: node, number: number(of: hasOnly ? .hidden : .outside))
    }
    return isLine ? node : self.node(below: node, number: number(of: .hidden))
  }

  private mutating func node(below parent: Int32, number: Int32) -> Int32 {
    let key = UInt64(UInt32(bitPattern: parent)) << 32 | UInt64(UInt32(bitPattern: number))
    if let known = nodes[key] { return known }
    let new = Int32(parents.count)
    parents.append(parent)
    placeOfNode.append(number)
    nodes[key] = new
    return new
  }

  private mutating func number(of place: Place) -> Int32 {
    if let known = placeNumbers[place] { return known }
    let new = Int32(places.count)
    places.append(place)
    placeNumbers[place] = new
    return new
  }

  /// The number of a line; `name` is the first function of that name and file.
  private mutating func lineNumber(_ name: Int32, _ line: UInt32, _ capture: Capture) -> Int32 {
    let key = UInt64(UInt32(bitPattern: name)) << 32 | UInt64(line)
    if let known = lineNumbers[key] { return known }
    let function = capture.functions[Int(name)]
    let new = Int32(places.count)
    places.append(
      .line(
        file: capture.texts[function.file], line: Int(line), function: capture.texts[function.name])
    )
    lineNumbers[key] = new
    return new
  }

  /// Of each function the first with the same name and file.
  private static func functionNames(_ capture: Capture) -> [Int32] {
    struct Name: Hashable {
      var name: String
      var file: String
    }
    var first: [Name: Int32] = [:]
    return capture.functions.indices.map { index in
      let function = capture.functions[index]
      let name = Name(name: capture.texts[function.name], file: capture.texts[function.file])
      if let known = first[name] { return known }
      first[name] = Int32(index)
      return Int32(index)
    }
  }

  // MARK: - Asking

  /// What a node is.
  package func place(_ node: Int) -> Place { places[Int(placeOfNode[node])] }

  /// The nodes from the outermost frame to a node, without process and thread.
  package func path(to node: Int) -> [Int] {
    var path: [Int] = []
    var current = node
    while current != 0 {
      if case .thread = place(current) { break }
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
