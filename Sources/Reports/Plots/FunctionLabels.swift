// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What functions are called in a picture: the shortest end of a dotted name that is no other's.
struct FunctionLabels {
  private var labels: [String: String] = [:]

  init(_ names: some Sequence<String>) {
    let names = Set(names)
    var users: [Substring: Int] = [:]
    for name in names { for end in Self.ends(of: name) { users[end, default: 0] += 1 } }
    for name in names {
      labels[name] = Self.ends(of: name).first { users[$0] == 1 }.map(String.init) ?? name
    }
  }

  subscript(name: String) -> String { labels[name] ?? name }

  /// The ends of a name by whole words, the shortest first; the last is all of it.
  ///
  /// A name that people made up, with blanks in it, has one end only.
  private static func ends(of name: String) -> [Substring] {
    guard !name.contains(" ") else { return [name[...]] }
    var ends: [Substring] = []
    for (index, character) in zip(name.indices, name).reversed() where character == "." {
      ends.append(name[name.index(after: index)...])
    }
    return ends.filter { !$0.isEmpty } + [name[...]]
  }
}
