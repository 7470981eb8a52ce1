// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Reports

/// Makes keys of the bytes that a terminal sends: characters, controls, and escape sequences, which
/// may come in pieces.
struct KeyDecoder {
  private static let escape: UInt8 = 0x1B
  /// A sequence that is longer means nothing that is known.
  private static let longest = 64

  private var pending: [UInt8] = []

  /// Whether something has begun that may go on: the escape key alone begins like a sequence.
  var isWaiting: Bool { !pending.isEmpty }

  /// The keys that are complete with these bytes.
  mutating func keys(_ bytes: [UInt8]) -> [LiveKey] {
    pending += bytes
    var keys: [LiveKey] = []
    while let (key, length) = Self.first(of: pending) {
      pending.removeFirst(length)
      if let key { keys.append(key) }
    }
    if pending.count > Self.longest { pending = [] }
    return keys
  }

  /// Nothing more has come for a while: what has begun is all there is.
  mutating func flush() -> [LiveKey] {
    defer { pending = [] }
    guard pending.first == Self.escape else { return [] }
    return pending.count == 1 ? [.escape] : []
  }

  /// The first key, nil for one that is not known, and its bytes; nil where more must come.
  private static func first(of bytes: [UInt8]) -> (key: LiveKey?, length: Int)? {
    guard let first = bytes.first else { return nil }
    if first == escape { return sequence(bytes) }
    guard first >= 0x20, first != 0x7F else { return (control(first), 1) }
    return character(bytes)
  }

  private static func control(_ byte: UInt8) -> LiveKey? {
    switch byte {
    case 0x0A, 0x0D: .enter
    case 0x08, 0x7F: .backspace
    // Control with B, F and L, as pagers have them.
    case 0x02: .pageUp
    case 0x06: .pageDown
    case 0x0C: .redraw
    default: nil
    }
  }

  private static func character(_ bytes: [UInt8]) -> (key: LiveKey?, length: Int)? {
    let length =
      switch bytes[0] {
      case ..<0x80: 1
      case 0xC2..<0xE0: 2
      case 0xE0..<0xF0: 3
      case 0xF0..<0xF5: 4
      default: 0
      }
    guard length > 0 else { return (nil, 1) }
    guard bytes.count >= length else { return nil }
    let text = String(decoding: bytes[..<length], as: UTF8.self)
    guard text.utf8.count == length, text.unicodeScalars.count == 1, let letter = text.first,
      letter.unicodeScalars.allSatisfy({ !(0x80..<0xA0).contains($0.value) && $0 != "\u{FFFD}" })
    else { return (nil, 1) }
    return (.character(letter), length)
  }

  /// What begins with an escape.
  private static func sequence(_ bytes: [UInt8]) -> (key: LiveKey?, length: Int)? {
    guard bytes.count > 1 else { return nil }
    switch bytes[1] {
    case UInt8(ascii: "["):
      guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else {
        return nil
      }
      return (key(final: bytes[end], parameters: bytes[2..<end]), end + 1)
    case UInt8(ascii: "O"):
      guard bytes.count > 2 else { return nil }
      return (key(final: bytes[2], parameters: []), 3)
    default:
      return (.escape, 1)
    }
  }

  private static func key(final: UInt8, parameters: ArraySlice<UInt8>) -> LiveKey? {
    switch final {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "F"): .end
    case UInt8(ascii: "M") where parameters.isEmpty: .enter
    case UInt8(ascii: "~"): numbered(parameters)
    default: nil
    }
  }

  private static func numbered(_ parameters: ArraySlice<UInt8>) -> LiveKey? {
    switch String(decoding: parameters.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self) {
    case "1", "7": .home
    case "4", "8": .end
    case "5": .pageUp
    case "6": .pageDown
    default: nil
    }
  }
}
