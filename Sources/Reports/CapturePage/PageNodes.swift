// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What one capture's stacks did, for each node of an account's tree: flat columns, of what a node did itself.
struct NodeColumns {
  var peak: [Double]
  var peakBlocks: [Double]
  var peakVariance: [Double]
  var live: [Double]
  var liveVariance: [Double]
  var allocated: [Double]
  var allocations: [Double]
  var allocatedVariance: [Double]
  var temporary: [Double]
  var temporaryBlocks: [Double]

  /// Of `count` nodes that did nothing.
  init(count: Int) {
    let nothing = [Double](repeating: 0, count: count)
    peak = nothing
    peakBlocks = nothing
    peakVariance = nothing
    live = nothing
    liveVariance = nothing
    allocated = nothing
    allocations = nothing
    allocatedVariance = nothing
    temporary = nothing
    temporaryBlocks = nothing
  }

  /// Adds up a capture's counters; `nodes` says to which node each of them belongs, -1 to none.
  init(_ capture: Capture, nodes: [Int32], count: Int) {
    self.init(count: count)
    let epoch = capture.header.peakEpoch
    for index in capture.counters.indices.dropFirst() {
      let node = Int(nodes[index])
      guard node >= 0 else { continue }
      let one = capture.counters[index]
      let isNoted = one.epoch >= epoch
      peak[node] += Double(isNoted ? one.atPeak : one.live)
      peakBlocks[node] += isNoted ? one.blocksAtPeak : one.liveBlocks
      peakVariance[node] += isNoted ? one.varianceAtPeak : one.liveVariance
      live[node] += Double(one.live)
      liveVariance[node] += one.liveVariance
      allocated[node] += Double(one.allocated)
      allocations[node] += one.allocations
      allocatedVariance[node] += one.allocatedVariance
      temporary[node] += Double(one.temporary)
      temporaryBlocks[node] += one.temporaryBlocks
    }
  }

  /// What a node may weigh by.
  var measures: [[Double]] { [peak, live, allocated, temporary, allocations] }

  /// The columns by their names; variances only where blocks are sampled.
  func named(isSampled: Bool) -> [(name: String, numbers: [Double])] {
    let figures = [
      ("peak", peak), ("peakBlocks", peakBlocks), ("live", live), ("allocated", allocated),
      ("allocations", allocations), ("temporary", temporary), ("temporaryBlocks", temporaryBlocks),
    ]
    let variances = [
      ("peakVariance", peakVariance), ("liveVariance", liveVariance),
      ("allocatedVariance", allocatedVariance),
    ]
    return isSampled ? figures + variances : figures
  }

  /// Each moved to where `targets` says, and added up there.
  func folded(into targets: [Int32], count: Int) -> NodeColumns {
    var result = NodeColumns(count: count)
    for path: WritableKeyPath<NodeColumns, [Double]> in [
      \.peak, \.peakBlocks, \.peakVariance, \.live, \.liveVariance, \.allocated, \.allocations,
      \.allocatedVariance, \.temporary, \.temporaryBlocks,
    ] {
      for (node, target) in targets.enumerated() {
        result[keyPath: path][Int(target)] += self[keyPath: path][node]
      }
    }
    return result
  }
}

/// A tree with no more nodes than a page shows well: the light ones are folded into those that called them.
struct FoldedTree {
  /// Of each node that was, the node that it is in now.
  private(set) var targets: [Int32]
  /// Of each node that is, which it was.
  private(set) var kept: [Int]
  private(set) var parents: [Int32]
  /// The largest share of any measure that a folded node has with what it called.
  private(set) var share = 0.0

  var foldedCount: Int { targets.count - kept.count }

  /// Keeps at most `most` nodes: those whose share of some measure is largest, with what they called.
  init(parents: [Int32], measures: [[Double]], most: Int) {
    var weights = [Double](repeating: 0, count: parents.count)
    if parents.count > most {
      for measure in measures {
        var total = measure.map(abs)
        for node in total.indices.dropFirst().reversed() {
          total[Int(parents[node])] += total[node]
        }
        guard let whole = total.first, whole > 0 else { continue }
        for node in total.indices { weights[node] = max(weights[node], total[node] / whole) }
      }
    }
    // Of equals those that come first; the root is always among them.
    var isKept = [Bool](repeating: parents.count <= most, count: parents.count)
    if parents.count > most {
      let order = weights.indices.dropFirst().sorted { one, other in
        (weights[other], one) < (weights[one], other)
      }
      isKept[0] = true
      for node in order.prefix(max(0, most - 1)) { isKept[node] = true }
      share = order.dropFirst(max(0, most - 1)).first.map { weights[$0] } ?? 0
    }
    targets = [Int32](repeating: 0, count: parents.count)
    kept = []
    self.parents = []
    for node in parents.indices {
      let above = node == 0 ? 0 : targets[Int(parents[node])]
      // A node whose caller is folded is so as well: it weighs no more.
      let isBelowKept = node == 0 || isKept[Int(parents[node])]
      isKept[node] = isKept[node] && isBelowKept
      guard isKept[node] else {
        targets[node] = above
        continue
      }
      targets[node] = Int32(kept.count)
      kept.append(node)
      self.parents.append(above)
    }
  }
}
