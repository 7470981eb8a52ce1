// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The stacks of a capture of a notebook without what runs it.
///
/// Where there is a cell in a stack, it begins with the outermost, and what IPython and Peakline do below
/// counts with the line that has them do it. A stack without a cell is the notebook's own and has one frame,
/// the outermost; but what its loop calls may be a task or a callback of a cell, and stays.
struct CellStacks {
  /// The entries that are to be replaced, by their indices.
  private(set) var changed: [(index: Int, stack: CaptureStack)] = []

  /// `isCell` says of each function whether a cell defines it, `parts` which part of the notebook's own it is.
  init(_ capture: Capture, isCell: [Bool], parts: [GivenSources.Part?]) {
    let count = capture.stacks.count
    var fresh = capture.stacks
    // Of each entry the one that has its frame from now on: itself where that stays.
    var standIn = (0..<count).map { $0 }
    var thread = [Int](repeating: 0, count: count)
    var outermost = thread
    var hasCell = [Bool](repeating: false, count: count)
    var hasRunner = hasCell
    var isLoose = hasCell
    // A parent is before its children.
    for (index, stack) in capture.stacks.enumerated().dropFirst() {
      let parent = Int(stack.parent)
      guard stack.function != 0 || parent != 0 else {
        thread[index] = index
        continue
      }
      let (isCells, part) = (isCell[Int(stack.function)], parts[Int(stack.function)])
      let isOther = !isCells && part == nil
      thread[index] = thread[parent]
      outermost[index] = outermost[parent] == 0 ? index : outermost[parent]
      hasCell[index] = hasCell[parent] || isCells
      hasRunner[index] = hasRunner[parent] || part == .runner
      isLoose[index] = part == .loop || (isLoose[parent] && isOther)
      if hasCell[parent] {
        standIn[index] = part == .runner ? standIn[parent] : index
      } else if !isCells, hasRunner[index], !(isLoose[parent] && isOther) {
        standIn[index] = outermost[index]
      }
      let above = isCells && !hasCell[parent] ? thread[index] : standIn[parent]
      fresh[index].parent = UInt32(above)
      let other = fresh[standIn[index]]
      (fresh[index].parent, fresh[index].function) = (other.parent, other.function)
      fresh[index].line = other.line
      let now = fresh[index]
      if (now.parent, now.function, now.line) != (stack.parent, stack.function, stack.line) {
        changed.append((index, now))
      }
    }
  }
}
