// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A part of the call tree, as much of it as is to be shown.
package struct Branch: Sendable {
  package var place: Place
  /// Bytes that it holds with all that is below it.
  package var held: Int
  package var children: [Branch] = []
  /// Branches below it that are too small to be shown, and what they hold together.
  package var smaller = 0
  package var heldBySmaller = 0
  /// Whether something is below it that is too deep to be shown.
  package var isCut = false

  /// The deepest that is shown, whatever is asked for.
  package static let deepest = 200

  private let order: PlaceOrder

  fileprivate init(_ tree: CallTree, _ place: Int32, held: Int) {
    self.place = tree.places[Int(place)]
    self.held = held
    order = tree.orders[Int(place)]
  }
}

extension Account {
  /// The tree from the outermost calls to the lines that hold; the root stands for everything.
  ///
  /// Processes are a level of it where there are several, threads where more than one of a process
  /// holds something. Branches below `least` bytes are
  /// counted, not shown.
  package func callTree(depth: Int, least: Int) -> Branch {
    let (starts, items) = tree.children()
    func branch(_ node: Int, _ left: Int) -> Branch {
      var result = Branch(tree, tree.placeOfNode[node], held: tree.total[node])
      let below = items[Int(starts[node])..<Int(starts[node + 1])].map(Int.init)
        .filter { tree.total[$0] != 0 }
      result.isCut = left == 0 && !below.isEmpty
      guard left > 0 else { return result }
      for child in below {
        if tree.total[child].magnitude < least.magnitude {
          result.smaller += 1
          result.heldBySmaller = result.heldBySmaller.plus(tree.total[child])
        } else {
          result.children.append(branch(child, left - 1))
        }
      }
      result.children.sort(by: Branch.isBefore)
      if !result.place.isLine { result.dropLoneThread() }
      return result
    }
    let levels = tree.places.contains { if case .member = $0 { true } else { false } } ? 2 : 1
    return branch(0, max(1, min(depth, Branch.deepest)) + levels)
  }

  /// The tree from the lines that hold to those that called them.
  package func callerTree(depth: Int, least: Int) -> Branch {
    struct Held {
      var node: Int
      var bytes: Int
    }
    func branch(_ place: Int32, _ parts: [Held], _ left: Int) -> Branch {
      var result = Branch(tree, place, held: parts.reduce(0) { $0.plus($1.bytes) })
      var groups: [Int32: [Held]] = [:]
      for part in parts where part.node != 0 {
        groups[tree.placeOfNode[part.node], default: []].append(part)
      }
      result.isCut = left == 0 && !groups.isEmpty
      guard left > 0 else { return result }
      for (place, parts) in groups {
        let held = parts.reduce(0) { $0.plus($1.bytes) }
        if tree.places[Int(place)].isBeginning { continue }
        if held == 0 { continue }
        if held.magnitude < least.magnitude {
          result.smaller += 1
          result.heldBySmaller = result.heldBySmaller.plus(held)
        } else {
          let callers = parts.map { Held(node: Int(tree.parents[$0.node]), bytes: $0.bytes) }
          result.children.append(branch(place, callers, left - 1))
        }
      }
      result.children.sort(by: Branch.isBefore)
      return result
    }
    let all = tree.own.indices.filter { tree.own[$0] != 0 && $0 != 0 }
      .map { Held(node: $0, bytes: tree.own[$0]) }
    return branch(0, all, max(1, min(depth, Branch.deepest)))
  }

  /// The stacks by which a row holds most, at most `count`: the nodes and what each holds itself; with
  /// `isNow` as last noted.
  package func heaviestStacks(
    of rows: [Row], count: Int, isNow: Bool = false
  ) -> [[(node: Int, held: Int)]] {
    let own = isNow ? live : tree.own
    var rowOfPlace = [Int32](repeating: -1, count: tree.places.count)
    for (index, row) in rows.enumerated() {
      rowOfPlace[Int(tree.placeOfNode[row.heaviestNode])] = Int32(index)
    }
    var found = [[(node: Int, held: Int)]](repeating: [], count: rows.count)
    for node in own.indices where own[node] != 0 {
      let row = Int(rowOfPlace[Int(tree.placeOfNode[node])])
      guard row >= 0 else { continue }
      // There may be very many: the best few are kept while they go by, of equals the first.
      let held = own[node]
      let place =
        found[row].firstIndex { $0.held.magnitude < held.magnitude } ?? found[row].count
      guard place < count else { continue }
      if found[row].count == count { found[row].removeLast() }
      found[row].insert((node, held), at: place)
    }
    return found
  }
}

extension Branch {
  /// Takes a thread out of the way that has no other beside it.
  fileprivate mutating func dropLoneThread() {
    guard children.count == 1, smaller == 0, case .thread = children[0].place else { return }
    let thread = children[0]
    (children, smaller, heldBySmaller) = (thread.children, thread.smaller, thread.heldBySmaller)
    isCut = thread.isCut
  }

  fileprivate static func isBefore(_ one: Branch, _ other: Branch) -> Bool {
    if one.held != other.held { return one.held.magnitude > other.held.magnitude }
    return one.order < other.order
  }
}
