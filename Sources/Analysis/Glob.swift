// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A pattern of file names: `*` stands for any text, `?` for one character.
///
/// Costs at most the product of the two lengths; never more than linear room.
struct Glob: Equatable {
  private let pattern: [UInt8]
  /// Whether it is a plain word.
  let isPlain: Bool
  let word: String

  init(_ word: String) {
    self.word = word
    pattern = Array(word.utf8)
    isPlain = !pattern.contains(UInt8(ascii: "*")) && !pattern.contains(UInt8(ascii: "?"))
  }

  /// Whether it stands for the whole text.
  func matches(_ text: some StringProtocol) -> Bool {
    let text = Array(text.utf8)
    var place = 0
    var index = 0
    // Where the last star stands, and up to where it has been tried.
    var star: (place: Int, tried: Int)?
    while index < text.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        star = (place, index)
        place += 1
      } else if place < pattern.count,
        pattern[place] == text[index] || pattern[place] == UInt8(ascii: "?")
      {
        place += 1
        index += 1
      } else if let last = star {
        star = (last.place, last.tried + 1)
        place = last.place + 1
        index = last.tried + 1
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
