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

  private enum Kind {
    case other, cell
    /// Of what runs cells.
    case runner
    /// Of what that is built on.
    case own
    /// What calls the tasks and callbacks of a loop.
    case loop
  }

  /// `isCell` says of each function whether a cell defines it.
  init(_ capture: Capture, isCell: [Bool]) {
    let kinds = zip(capture.functions, isCell).map { function, isCell in
      isCell ? .cell : Self.kind(of: capture.texts[function.file])
    }
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
      let kind = kinds[Int(stack.function)]
      thread[index] = thread[parent]
      outermost[index] = outermost[parent] == 0 ? index : outermost[parent]
      hasCell[index] = hasCell[parent] || kind == .cell
      hasRunner[index] = hasRunner[parent] || kind == .runner
      isLoose[index] = kind == .loop || (isLoose[parent] && kind == .other)
      if hasCell[parent] {
        standIn[index] = kind == .runner ? standIn[parent] : index
      } else if kind != .cell, hasRunner[index], !(isLoose[parent] && kind == .other) {
        standIn[index] = outermost[index]
      }
      let above = kind == .cell && !hasCell[parent] ? thread[index] : standIn[parent]
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

  private static func kind(of file: String) -> Kind {
    let parts = file.split(separator: "/")
    if parts.contains(where: { $0 == "IPython" || $0.hasPrefix("ipykernel") }) { return .runner }
    if let last = parts.last, parts.dropLast().last == "asyncio", last == "events.py" {
      return .loop
    }
    for (folder, name) in zip(parts, parts.dropFirst()) {
      // All modules of our own that are no interface.
      if folder == "peakline", name.hasPrefix("_") { return .runner }
      let isInstalled = folder == "site-packages" || folder == "dist-packages"
      if isInstalled, foundations.contains(String(name)) { return .own }
    }
    return .other
  }

  private static let foundations: Set = [
    "comm", "jupyter_client", "jupyter_core", "tornado", "traitlets", "zmq",
  ]
}
