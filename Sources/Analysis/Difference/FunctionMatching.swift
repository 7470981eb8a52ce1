// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Which functions of two recordings are the same.
///
/// Their qualified names agree, and their files: by the whole path; else by the path as seen from
/// the program's folder, or from where libraries are installed; else by the file's name alone, where
/// just one function of each recording is left that it could be. A file of another name is another; but a
/// cell of a notebook has another number each time it runs.
struct FunctionMatching {
  struct Function: Hashable {
    var file: String
    var name: String
  }

  struct Pair {
    /// Indices.
    var before: Int
    var after: Int
    /// Whether the folder is another: then numbers of lines prove nothing.
    var hasMoved: Bool
  }

  private(set) var pairs: [Pair] = []
  private var leftBefore: [Int]
  private var leftAfter: [Int]

  init(
    _ before: [Function], in folderBefore: String, _ after: [Function], in folderAfter: String
  ) {
    leftBefore = Array(before.indices)
    leftAfter = Array(after.indices)
    pair(before, after, hasMoved: false) { file, _ in file }
    pair(before, after, hasMoved: false) { file, isAfter in
      Self.short(file, in: isAfter ? folderAfter : folderBefore)
    }
    pair(before, after, hasMoved: true) { file, _ in Self.lastName(file) }
    // Dictionaries have another order each time.
    pairs.sort { $0.before < $1.before }
  }

  /// Pairs what has a key that is nobody else's of those that are left.
  private mutating func pair(
    _ before: [Function], _ after: [Function], hasMoved: Bool,
    _ key: (_ file: String, _ isAfter: Bool) -> String
  ) {
    func byKey(_ functions: [Function], _ left: [Int], _ isAfter: Bool) -> [Function: Int] {
      var found: [Function: Int] = [:]
      for index in left {
        let file = key(functions[index].file, isAfter)
        if file.isEmpty { continue }
        let key = Function(file: file, name: functions[index].name)
        found[key] = found[key] == nil ? index : -1
      }
      return found
    }
    let known = byKey(after, leftAfter, true)
    var paired: Set<Int> = []
    for (key, index) in byKey(before, leftBefore, false) where index >= 0 {
      guard let other = known[key], other >= 0 else { continue }
      pairs.append(Pair(before: index, after: other, hasMoved: hasMoved))
      paired.insert(index)
    }
    let taken = Set(pairs.map(\.after))
    leftBefore.removeAll { paired.contains($0) }
    leftAfter.removeAll { taken.contains($0) }
  }

  /// The path from the program's folder on, or from where libraries are installed.
  private static func short(_ file: String, in folder: String) -> String {
    let folder = folder.hasSuffix("/") ? folder : folder + "/"
    if folder.utf8.count > 1, file.hasPrefix(folder) { return String(file.dropFirst(folder.count)) }
    var parts = file.split(separator: "/")[...]
    if let installed = parts.lastIndex(where: { $0 == "site-packages" || $0 == "dist-packages" }) {
      parts = parts[(installed + 1)...]
      return "site-packages/" + parts.joined(separator: "/")
    }
    return file
  }

  /// The file's name; of a package's own files that of the package, too, since all have the same.
  ///
  /// All cells have one name.
  private static func lastName(_ file: String) -> String {
    let parts = file.split(separator: "/")
    guard let last = parts.last else { return "" }
    // `In[3]`, or one of several that want that name: `In[3] (2)`.
    if file.hasPrefix("In["), file.dropFirst(3).allSatisfy({ $0.isNumber || " ()]".contains($0) }) {
      return "In[]"
    }
    let isPackages = last == "__init__.py" || last == "__main__.py"
    return parts.suffix(isPackages ? 2 : 1).joined(separator: "/")
  }
}
