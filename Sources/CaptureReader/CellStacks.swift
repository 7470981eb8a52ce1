// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The stacks of a capture of a notebook without what runs it.
///
/// Where there is a cell in a stack, it begins with the outermost. In one that has none the notebook's own
/// frames are one, the outermost; what these call stays, since it may be a task or a callback of a cell.
struct CellStacks {
  /// The entries that are to be replaced, by their indices.
  private(set) var changed: [(index: Int, stack: CaptureStack)] = []

  /// What runs a notebook or a terminal's cells, and what that is built on: folders among others.
  private static let runners = ["IPython", "ipykernel", "ipykernel_launcher.py"]
  private static let own =
    runners + ["comm", "jupyter_client", "jupyter_core", "tornado", "traitlets", "zmq"]

  /// `isCell` says of each function whether a cell defines it.
  init(_ capture: Capture, isCell: [Bool]) {
    let isRunner = Self.are(in: Self.runners, capture)
    let isOwn = Self.are(in: Self.own, capture)
    let count = capture.stacks.count
    var thread = [UInt32](repeating: 0, count: count)
    var outermost = [Int](repeating: 0, count: count)
    var hasCell = [Bool](repeating: false, count: count)
    var hasRunner = hasCell
    // A parent is before its children.
    for (index, stack) in capture.stacks.enumerated().dropFirst() {
      let (parent, function) = (Int(stack.parent), Int(stack.function))
      guard function != 0 || parent != 0 else {
        thread[index] = UInt32(index)
        continue
      }
      thread[index] = thread[parent]
      outermost[index] = outermost[parent] == 0 ? index : outermost[parent]
      hasCell[index] = hasCell[parent] || isCell[function]
      hasRunner[index] = hasRunner[parent] || isRunner[function]
      if hasCell[parent] { continue }
      var fresh = stack
      if hasCell[index] {
        fresh.parent = thread[index]
      } else if hasRunner[index], isOwn[function] {
        let first = capture.stacks[outermost[index]]
        (fresh.parent, fresh.function, fresh.line) = (thread[index], first.function, first.line)
      }
      let isSame =
        (fresh.parent, fresh.function, fresh.line) == (stack.parent, stack.function, stack.line)
      if !isSame { changed.append((index, fresh)) }
    }
  }

  /// Of each function whether its file is in one of these folders, or is called so.
  private static func are(in names: [String], _ capture: Capture) -> [Bool] {
    capture.functions.map { function in
      capture.texts[function.file].split(separator: "/").contains { part in
        names.contains { $0 == part }
      }
    }
  }
}
