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

  /// More words than any name of a function has.
  private static let mostWords = 16

  /// The ends of a name by whole words, the shortest first; the last is all of it.
  ///
  /// A name that people made up, with blanks in it, has one end only.
  private static func ends(of name: String) -> [Substring] {
    guard !name.contains(" ") else { return [name[...]] }
    var ends: [Substring] = []
    for (index, byte) in zip(name.utf8.indices, name.utf8).reversed() where byte == 46 {
      ends.append(name[name.utf8.index(after: index)...])
      if ends.count == mostWords { break }
    }
    return ends.filter { !$0.isEmpty } + [name[...]]
  }
}
