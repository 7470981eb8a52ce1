// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Sources that are on no disk, as the program had them: cells of a notebook, code that was made while it
/// ran.
///
/// Three texts for each, ended by zero bytes: its file as Python names it; a name that people know it by,
/// or nothing; its lines. Where there is no file, the lines say how the files of one part of what runs a
/// notebook begin, and the name is that of the part.
package struct GivenSources: Sendable {
  private var named: [String: String] = [:]
  private var texts: [String: SourceFile] = [:]
  private var parts: [Part: [String]] = [:]

  /// A part of what runs a notebook.
  enum Part: String {
    /// What runs cells.
    case runner
    /// What that is built on.
    case own
    /// What calls the tasks and callbacks of a loop.
    case loop
  }

  package init() {}

  /// Reads them; what is left over behind the last whole one counts for nothing.
  package init(_ bytes: [UInt8]) {
    let fields = bytes.split(separator: 0, omittingEmptySubsequences: false)
    for start in stride(from: 0, to: fields.count - 3, by: 3) {
      let file = String(decoding: fields[start], as: UTF8.self)
      let name = String(decoding: fields[start + 1], as: UTF8.self)
      if file.isEmpty, let part = Part(rawValue: name) {
        let text = String(decoding: fields[start + 2], as: UTF8.self)
        parts[part, default: []] += text.split(separator: "\n").map(String.init)
        continue
      }
      if !name.isEmpty { named[file] = name }
      texts[name.isEmpty ? file : name] = SourceFile(given: fields[start + 2])
    }
  }

  /// The name that people know a file by; nil where that is its own.
  func name(of file: String) -> String? { named[file] }

  /// The part of what runs a notebook that a file belongs to; nil for what is none of it.
  func part(of file: String) -> Part? {
    parts.first { $0.value.contains(where: file.hasPrefix) }?.key
  }

  /// The text of a file, by the name that people know it by, seen from a folder; nil where it is not given.
  func source(_ path: String, in folder: String) -> SourceFile? {
    if let source = texts[path] { return source }
    guard !folder.isEmpty, path.hasPrefix(folder + "/") else { return nil }
    return texts[String(path.dropFirst(folder.utf8.count + 1))]
  }
}
