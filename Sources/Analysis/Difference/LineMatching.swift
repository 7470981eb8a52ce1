// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// Which lines of two recordings are the same.
///
/// The function has to be the same, and the text of the line: so a line may stand further down than
/// it did. Where one text is on several lines, they are paired in their order, nearest to each other
/// as counted from the function's beginning. Where a text is not known, that count alone decides.
package struct LineMatching {
  /// What was one place and is another, or the only one of the two.
  package struct Line: Sendable {
    package var before: Place?
    package var after: Place?

    /// Where it is, or was.
    package var place: Place { after ?? before ?? .unknown }
  }

  private(set) var lines: [Line] = []
  /// Of each place of the two trees the index of its line.
  private(set) var before: [Int32]
  private(set) var after: [Int32]
  /// How many pairs there are for their numbers alone.
  private(set) var byNumber = 0
  /// Of files of the first recording what they are in the second.
  private(set) var successors: [String: String] = [:]

  init(_ before: Side, _ after: Side) {
    let former = FunctionLines.all(of: before)
    let latter = FunctionLines.all(of: after)
    self.before = Array(repeating: -1, count: before.account.tree.places.count)
    self.after = Array(repeating: -1, count: after.account.tree.places.count)
    let functions = FunctionMatching(
      former.map(\.function), in: before.capture.folder,
      latter.map(\.function), in: after.capture.folder)
    for pair in functions.pairs {
      let found = former[pair.before].pairs(with: latter[pair.after], byNumber: !pair.hasMoved)
      byNumber += found.byNumber
      note(former[pair.before].function.file, latter[pair.after].function.file)
      for (one, other) in found.pairs {
        self.before[one] = Int32(lines.count)
        self.after[other] = Int32(lines.count)
        add(before.account.tree.places[one], after.account.tree.places[other])
      }
    }
    // What has no counterpart, and what is no line.
    var others: [Place: Int32] = [:]
    for (index, place) in before.account.tree.places.enumerated() where self.before[index] < 0 {
      self.before[index] = number(place, isAfter: false, &others)
    }
    for (index, place) in after.account.tree.places.enumerated() where self.after[index] < 0 {
      self.after[index] = number(place, isAfter: true, &others)
    }
  }

  /// What most says of a file is that it is where it was; else the first of its functions counts.
  private mutating func note(_ file: String, _ successor: String) {
    if successors[file] == nil || file == successor { successors[file] = successor }
  }

  private mutating func add(_ before: Place?, _ after: Place?) {
    lines.append(Line(before: before, after: after))
  }

  /// The number of a place without a counterpart; what is no line is in both recordings.
  private mutating func number(
    _ place: Place, isAfter: Bool, _ others: inout [Place: Int32]
  ) -> Int32 {
    let new = Int32(lines.count)
    guard !place.isLine else {
      add(isAfter ? nil : place, isAfter ? place : nil)
      return new
    }
    // Paths are compared by lines, whatever process or thread they are on.
    let kind = place.isBeginning ? Place.process : place
    if let known = others[kind] { return known }
    others[kind] = new
    add(kind, kind)
    return new
  }
}
