// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What `--only` and `--hide` name: a module, a file, a folder, or a function.
///
/// A plain word is a part of the path (`site-packages`, `load.py`), a module or a package
/// (`mypkg.io`), or a function (`load`, `Model.fit`). With stars it stands for a whole path, the end
/// of one, a module or a function with its module (`mypkg.*`).
struct FunctionPattern {
  private let glob: Glob
  private let parts: [Substring]

  init(_ word: String) {
    glob = Glob(word)
    parts = word.split(separator: "/")
  }

  func matches(file: String, function: String) -> Bool {
    if glob.matches(function) || glob.matches(file) { return true }
    // A path has no more parts than this; what is longer is no path.
    let path = file.split(separator: "/").suffix(64)
    if glob.isPlain, hasParts(in: Array(path)) { return true }
    let module = Self.module(path)
    var rest = module[...]
    while let first = rest.first {
      let name = rest.joined(separator: ".")
      if glob.isPlain {
        if name == glob.word || name.hasPrefix(glob.word + ".") { return true }
      } else if glob.matches(name) {
        return true
      }
      if glob.matches(name + "." + function) { return true }
      rest = rest.dropFirst()
      if first.isEmpty { break }
    }
    guard !glob.isPlain else { return false }
    return path.indices.contains { glob.matches(path[$0...].joined(separator: "/")) }
  }

  /// Whether the word's parts stand in the path side by side.
  private func hasParts(in path: [Substring]) -> Bool {
    guard !parts.isEmpty, parts.count <= path.count else { return false }
    return (0...path.count - parts.count).contains { start in
      path[start..<start + parts.count].elementsEqual(parts)
    }
  }

  /// The names that the module of a file may have, the longest, in parts.
  private static func module(_ path: ArraySlice<Substring>) -> [Substring] {
    guard let last = path.last, last.hasSuffix(".py") else { return Array(path) }
    let name = last.dropLast(3)
    return Array(path.dropLast()) + (name == "__init__" ? [] : [name])
  }
}
