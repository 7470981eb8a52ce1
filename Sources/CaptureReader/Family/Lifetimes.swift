// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// When the members of a tree were there, in nanoseconds since the tree began.
struct Lifetimes {
  struct Lifetime {
    var begin: Int
    /// While it runs, when the whole tree was last noted.
    var end: Int
    var isRunning: Bool

    func contains(_ moment: Int) -> Bool { begin <= moment && (isRunning || moment <= end) }
  }

  /// When the tree began, by the machine's monotonic clock, and when it was last noted.
  private(set) var begin = 0
  private(set) var end = 0
  private(set) var all: [Lifetime] = []

  /// Of members that are in the order of their beginnings.
  init(_ members: [Family.Member]) {
    begin = members.first?.header.begin ?? 0
    let next = FamilyUnit.successors(members)
    for (index, member) in members.enumerated() {
      let start = member.header.begin - begin
      var end = start + member.header.lastMoment
      // The process has become another program, or is another.
      if let next = next[index] { end = min(end, members[next].header.begin - begin) }
      all.append(Lifetime(begin: start, end: end, isRunning: member.isRunning))
      self.end = max(self.end, end)
    }
    for index in all.indices where all[index].isRunning { all[index].end = self.end }
  }
}
