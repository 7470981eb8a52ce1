// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// Of the stacks and counters of a tree's capture the processes that they belong to.
///
/// Costs one number for each stack and each entry of counters; nothing where there is one process.
struct MemberStacks {
  private var stacks: [Int32] = []
  private var counters: [Int32] = []

  init(_ capture: Capture) {
    guard capture.isTree else { return }
    stacks = Array(repeating: -1, count: capture.stacks.count)
    counters = Array(repeating: -1, count: capture.counters.count)
    for (member, process) in capture.processes.enumerated() {
      for index in process.counters.clamped(to: capture.counters.indices) {
        counters[index] = Int32(member)
        stacks[Int(capture.counters[index].stack)] = Int32(member)
      }
    }
    // A parent is before its children.
    for index in stacks.indices.reversed() where stacks[index] >= 0 {
      stacks[Int(capture.stacks[index].parent)] = stacks[index]
    }
  }

  /// The index of a stack's process; nil where nothing was allocated with it, or there is one process.
  func ofStack(_ index: Int) -> Int? { Self.member(stacks, index) }

  /// The index of the process of an entry of the counters.
  func ofCounters(_ index: Int) -> Int? { Self.member(counters, index) }

  private static func member(_ members: [Int32], _ index: Int) -> Int? {
    members.isEmpty || members[index] < 0 ? nil : Int(members[index])
  }
}
