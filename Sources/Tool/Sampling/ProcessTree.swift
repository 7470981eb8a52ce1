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
  /// The root first; none if the root is not there, or cannot be seen.
  private(set) var members: [SampledProcess] = []
  /// Those that could not be looked at, at least for a time, because no more files may be open.
  private(set) var missed: Set<pid_t> = []
  private var numbers: Set<pid_t> = []
  private var text = KernelText()

  /// A tree of which nothing can be seen.
  init() {}

  init(root: pid_t) {
    do throws(SampledProcess.Obstacle) {
      members = try [SampledProcess(root)]
      numbers = [root]
    } catch {
      if error == .noRoom { missed = [root] }
    }
  }

  /// Nil if it cannot be seen.
  var root: SampledProcess? { members.first }

  /// Looks for processes that were not there before.
  mutating func discover() {
    var index = 0
    while index < members.count {
      var found: [pid_t] = []
      members[index].forEachChild(&text) { [numbers] child in
        if !numbers.contains(child) { found.append(child) }
      }
      for child in found {
        do throws(SampledProcess.Obstacle) {
          try members.append(SampledProcess(child, childOf: members[index]))
          numbers.insert(child)
        } catch {
          if error == .noRoom { missed.insert(child) }
        }
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
    for process in onlyRoot ? members.prefix(1) : members[...] {
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
