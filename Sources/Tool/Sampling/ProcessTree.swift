// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// A process and all that it started, they started, and so on.
///
/// A member stays one until it ends, also when its parent ends before and it is handed to init: it is
/// of the tree's making. The kernel's lists of children may miss one while another ends, so that one
/// reading of them is no proof that a member is gone; the member's own files are.
struct ProcessTree {
  /// The root first.
  private(set) var members: [SampledProcess]
  private var numbers: Set<pid_t>
  private var text = KernelText()

  /// Nil if the root is not there, or cannot be seen.
  init?(root: pid_t) {
    guard let process = SampledProcess(root) else { return nil }
    members = [process]
    numbers = [root]
  }

  var root: SampledProcess { members[0] }

  /// Looks for processes that were not there before.
  mutating func discover() {
    var index = 0
    while index < members.count {
      var found: [pid_t] = []
      members[index].forEachChild(&text) { [numbers] child in
        if !numbers.contains(child) { found.append(child) }
      }
      for child in found {
        guard let process = SampledProcess(child, childOf: members[index]) else { continue }
        numbers.insert(child)
        members.append(process)
      }
      index += 1
    }
  }

  /// Reads every member, and forgets those that have ended; the root stays.
  ///
  /// Without `onlyRoot` also those below the root.
  mutating func read(
    _ measure: Measure, onlyRoot: Bool, _ body: (SampledProcess, SampledProcess.Reading) -> Void
  ) {
    var ended: Set<pid_t> = []
    for process in onlyRoot ? members[..<1] : members[...] {
      if let reading = process.read(measure, &text) {
        if !process.isParents(reading) { body(process, reading) }
      } else if process !== root {
        ended.insert(process.processID)
      }
    }
    guard !ended.isEmpty else { return }
    members.removeAll { ended.contains($0.processID) }
    numbers.subtract(ended)
  }
}
