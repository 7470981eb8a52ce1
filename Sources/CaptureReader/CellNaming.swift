// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Makes of a capture of a notebook one of its cells: they get the names that people know, and stacks begin
/// with the outermost of them, not with what runs a notebook.
///
/// The file stays valid at every instant: texts are appended, then single words are replaced.
struct CellNaming {
  let sources: GivenSources
  /// In place of the command line; nil leaves that as it is.
  let title: String?

  /// Changes the file; whether it did.
  func apply(to capture: Capture, _ writer: inout TableWriter) throws(CaptureFailure) -> Bool {
    let names = capture.functions.map { function in
      function.file == 0 ? nil : sources.name(of: capture.texts[function.file])
    }
    var texts: [String] = title.map { [$0] } ?? []
    for case let name? in names where !texts.contains(name) { texts.append(name) }
    guard !texts.isEmpty, let numbers = try writer.append(texts: texts) else { return false }
    let numberOf = Dictionary(zip(texts, numbers), uniquingKeysWith: { first, _ in first })
    if let title, let number = numberOf[title] { try writer.put(command: number) }
    for (index, name) in names.enumerated() {
      guard let name, let number = numberOf[name] else { continue }
      try writer.put(number, \CaptureFunction.file, of: .functions, at: index)
    }
    for (index, parent) in Self.beginnings(capture, names.map { $0 != nil }) {
      try writer.put(parent, \CaptureStack.parent, of: .stacks, at: index)
    }
    return true
  }

  /// The stacks that are to begin right below their threads, each with its thread's.
  private static func beginnings(_ capture: Capture, _ isCell: [Bool]) -> [(Int, UInt32)] {
    var thread = [UInt32](repeating: 0, count: capture.stacks.count)
    var isBelowCell = [Bool](repeating: false, count: capture.stacks.count)
    var found: [(Int, UInt32)] = []
    // A parent is before its children.
    for (index, stack) in capture.stacks.enumerated().dropFirst() {
      let parent = Int(stack.parent)
      thread[index] = parent == 0 && stack.function == 0 ? UInt32(index) : thread[parent]
      isBelowCell[index] = isBelowCell[parent]
      guard isCell[Int(stack.function)], !isBelowCell[parent] else { continue }
      isBelowCell[index] = true
      if thread[index] != stack.parent { found.append((index, thread[index])) }
    }
    return found
  }
}
