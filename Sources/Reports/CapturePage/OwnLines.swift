// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The lines that the reader of a page can change.
///
/// Those of libraries are not: what they hold counts with the line that called them.
struct OwnLines {
  /// The capture without libraries.
  let view: CaptureView
  private let tree: CallTree
  /// Of each node of the whole tree the place of the program's own line that it counts with, or -1.
  private var counted: [Int32] = []
  /// Of each node whether it is there to import a module that such a line names, or needs by the way.
  private var isImport: [Bool] = []
  /// Of each such line all that counts with it, and what of that importing modules did.
  private var figures: [Place: (all: Figures, imported: Figures)] = [:]
  /// The threads that run such lines, and those that are a process's first.
  private var threads: Set<Int> = []

  /// Nil where nothing of the program's own holds anything, or where somebody has chosen lines already.
  init?(_ whole: CaptureView) {
    var selection = whole.account.selection
    guard selection.only.isEmpty, selection.hide.isEmpty else { return nil }
    selection.hidesLibraries = true
    guard let account = try? Account(whole.capture, whole.when, selection),
      account.rows.contains(where: { $0.place.isLine && $0.figures.held > 0 })
    else { return nil }
    view = CaptureView(
      capture: whole.capture, account: account, sources: whole.sources, ending: whole.ending)
    tree = whole.account.tree
    findOwners()
    findThreads(whole.capture)
    addUp(whole)
  }

  private mutating func findOwners() {
    let libraries = tree.places.map(\.library)
    counted = Array(repeating: -1, count: tree.parents.count)
    isImport = Array(repeating: false, count: tree.parents.count)
    // Parents come before children.
    for node in tree.parents.indices.dropFirst() {
      let place = Int(tree.placeOfNode[node])
      let parent = Int(tree.parents[node])
      if tree.places[place].isLine, libraries[place] == nil {
        counted[node] = Int32(place)
      } else {
        counted[node] = counted[parent]
        isImport[node] = isImport[parent] || libraries[place] == .importSystem
      }
    }
  }

  private mutating func findThreads(_ capture: Capture) {
    threads = capture.isTree ? Set(capture.processes.map(\.threads.lowerBound)) : [1]
    for node in counted.indices where counted[node] >= 0 && counted[Int(tree.parents[node])] < 0 {
      threads.insert(tree.thread(of: node))
    }
  }

  private mutating func addUp(_ whole: CaptureView) {
    var all = Array(repeating: Figures(), count: tree.places.count)
    var imported = all
    func add(_ bytes: Int, to figure: WritableKeyPath<Figures, Int>, of node: Int) {
      guard counted[node] >= 0 else { return }
      let place = Int(counted[node])
      all[place][keyPath: figure] = all[place][keyPath: figure].plus(bytes)
      guard isImport[node] else { return }
      imported[place][keyPath: figure] = imported[place][keyPath: figure].plus(bytes)
    }
    for node in tree.parents.indices {
      add(tree.own[node], to: \.held, of: node)
      add(whole.account.live[node], to: \.live, of: node)
    }
    for (index, node) in tree.nodeOfCounters.enumerated() where node >= 0 {
      add(whole.capture.counters[index].allocated, to: \.allocated, of: Int(node))
    }
    for place in Set(counted) where place >= 0 {
      figures[tree.places[Int(place)]] = (all[Int(place)], imported[Int(place)])
    }
  }

  // MARK: - What libraries do

  /// Whether most of what a line holds, or allocates, is modules that are imported.
  func isImport(_ place: Place, by figure: KeyPath<Figures, Int>) -> Bool {
    guard let (all, imported) = figures[place] else { return false }
    let part = imported[keyPath: figure]
    return part > all[keyPath: figure].minus(part)
  }

  /// What of a line's bytes is modules that are imported.
  func imported(by place: Place) -> Int { figures[place]?.imported.held ?? 0 }

  /// The library that holds most of what counts with a line; nil where that is the line itself.
  func library(below place: Place) -> String? {
    var sums: [String: Int] = [:]
    for node in tree.parents.indices where counted[node] >= 0 && tree.own[node] > 0 {
      guard tree.places[Int(counted[node])] == place else { continue }
      sums[tree.place(node).library?.name ?? "", default: 0] += tree.own[node]
    }
    let most = sums.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    return most.flatMap { $0.isEmpty ? nil : DisplayWidth.shown($0) }
  }

  /// What libraries hold that no line of the program has called.
  struct Apart {
    var held = 0
    /// The line that holds most of it.
    var place: Place
    /// Whether it is on threads that run no line of the program, and are not a process's first.
    var isOnOwnThreads: Bool
  }

  /// The larger part of that: on threads of their own, or not.
  func apart() -> Apart? {
    var sums: [Bool: [Int32: Int]] = [:]
    for node in tree.parents.indices where counted[node] < 0 && tree.own[node] > 0 {
      let place = tree.placeOfNode[node]
      guard tree.places[Int(place)].isLine else { continue }
      let thread = tree.thread(of: node)
      let isOnOwn = thread > 0 && !threads.contains(thread)
      let sum = sums[isOnOwn]?[place] ?? 0
      sums[isOnOwn, default: [:]][place] = sum.plus(tree.own[node])
    }
    let parts = sums.compactMap { isOnOwn, lines -> Apart? in
      guard let most = lines.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else {
        return nil
      }
      let held = lines.values.reduce(0) { $0.plus($1) }
      return Apart(held: held, place: tree.places[Int(most.key)], isOnOwnThreads: isOnOwn)
    }
    return parts.max { ($0.held, $0.isOnOwnThreads ? 0 : 1) < ($1.held, $1.isOnOwnThreads ? 0 : 1) }
  }
}

extension Place {
  /// The library that a line belongs to; nil where it is the program's own, or no line.
  fileprivate var library: Library? {
    if case .line(let file, _, _) = self { Library(ofFile: file) } else { nil }
  }
}
