// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What the capture of one process image is called in a tree's folder: "4711", "4711-2".
struct MemberName: Equatable, CustomStringConvertible {
  var process: UInt32
  /// 1 for the first program that had the number.
  var image: UInt32 = 1

  init(process: UInt32, image: UInt32) {
    self.process = process
    self.image = image
  }

  /// The name as it is written; nil for any other text.
  init?(_ text: some StringProtocol) {
    let words = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let first = words.first, words.count <= 2, let process = UInt32(first), process > 0
    else { return nil }
    self.process = process
    if words.count == 2 {
      guard let image = UInt32(words[1]), image > 1 else { return nil }
      self.image = image
    }
    guard description == text else { return nil }
  }

  /// The name of a file in the folder; nil for one that is no capture's.
  init?(file: String) {
    guard file.hasSuffix(FamilyForm.suffix) else { return nil }
    self.init(file.dropLast(FamilyForm.suffix.count))
  }

  var description: String { image == 1 ? "\(process)" : "\(process)-\(image)" }

  var file: String { description + FamilyForm.suffix }
}
