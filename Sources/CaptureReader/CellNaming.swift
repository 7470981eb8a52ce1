// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Makes of a capture of a notebook one of its cells: they get the names that people know, and stacks begin
/// with the outermost of them, not with what runs a notebook.
///
/// The file stays valid at every instant: texts are appended, then single entries are replaced.
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
    for case let name? in Set(names) where name != title { texts.append(name) }
    guard !texts.isEmpty, let numbers = try writer.append(texts: texts) else { return false }
    let numberOf = Dictionary(zip(texts, numbers), uniquingKeysWith: { first, _ in first })
    if let title, let number = numberOf[title] { try writer.put(command: number) }
    guard names.contains(where: { $0 != nil }) else { return true }
    for (index, name) in names.enumerated() {
      guard let name, let number = numberOf[name] else { continue }
      var function = capture.functions[index]
      function.file = number
      try writer.put(function, in: .functions, at: index)
    }
    let parts = capture.functions.map { sources.part(of: capture.texts[$0.file]) }
    let isCell = names.map { $0 != nil }
    for (index, stack) in CellStacks(capture, isCell: isCell, parts: parts).changed {
      try writer.put(stack, in: .stacks, at: index)
    }
    return true
  }
}
