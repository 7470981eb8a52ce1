// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Sources that are on no disk, as the program had them: cells of a notebook, code that was made while it
/// ran.
///
/// Three texts for each, ended by zero bytes: its file as Python names it; a name that people know it by,
/// or nothing; its lines.
package struct GivenSources: Sendable {
  private var named: [String: String] = [:]
  private var texts: [String: SourceFile] = [:]

  package init() {}

  /// Reads them; what is left over behind the last whole one counts for nothing.
  package init(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
    for start in stride(from: 0, to: parts.count - 3, by: 3) {
      let file = String(decoding: parts[start], as: UTF8.self)
      let name = String(decoding: parts[start + 1], as: UTF8.self)
      if !name.isEmpty { named[file] = name }
      texts[name.isEmpty ? file : name] = SourceFile(given: parts[start + 2])
    }
  }

  /// The name that people know a file by; nil where that is its own.
  func name(of file: String) -> String? { named[file] }

  /// The text of a file, by the name that people know it by, seen from a folder; nil where it is not given.
  func source(_ path: String, in folder: String) -> SourceFile? {
    if let source = texts[path] { return source }
    guard !folder.isEmpty, path.hasPrefix(folder + "/") else { return nil }
    return texts[String(path.dropFirst(folder.utf8.count + 1))]
  }
}
