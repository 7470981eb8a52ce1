// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Reports
import Testing

@testable import Tool

/// The bytes that terminals send, as keys.
@Suite struct KeyDecoderTests {
  private func keys(_ text: String) -> [LiveKey] {
    var decoder = KeyDecoder()
    return decoder.keys(Array(text.utf8))
  }

  @Test(
    arguments: [
      ("\u{1B}[A", .up), ("\u{1B}OA", .up), ("\u{1B}[B", .down), ("\u{1B}OB", .down),
      ("\u{1B}[C", .right), ("\u{1B}OC", .right), ("\u{1B}[D", .left), ("\u{1B}OD", .left),
      ("\u{1B}[H", .home), ("\u{1B}OH", .home), ("\u{1B}[1~", .home), ("\u{1B}[7~", .home),
      ("\u{1B}[F", .end), ("\u{1B}OF", .end), ("\u{1B}[4~", .end), ("\u{1B}[8~", .end),
      ("\u{1B}[5~", .pageUp), ("\u{1B}[6~", .pageDown), ("\u{1B}[5;5~", .pageUp),
      ("\u{1B}[1;2A", .up), ("\r", .enter), ("\n", .enter), ("\u{1B}OM", .enter),
      ("\u{7F}", .backspace), ("\u{8}", .backspace), ("\u{2}", .pageUp), ("\u{6}", .pageDown),
      ("\u{C}", .redraw), ("q", .character("q")), (" ", .character(" ")), ("é", .character("é")),
      ("名", .character("名")), ("😀", .character("😀")),
    ] as [(String, LiveKey)])
  func `keys are told whole, and in pieces`(text: String, key: LiveKey) {
    #expect(keys(text) == [key])
    var decoder = KeyDecoder()
    var found: [LiveKey] = []
    for byte in text.utf8 {
      #expect(found.isEmpty)
      found += decoder.keys([byte])
    }
    #expect(found == [key])
    #expect(!decoder.isWaiting)
  }

  @Test func `several keys at once are several`() {
    let letters: [LiveKey] = [.character("q"), .character("/"), .character("é")]
    #expect(keys("\u{1B}[A\u{1B}[Bq/é\r") == [.up, .down] + letters + [.enter])
  }

  @Test func `the escape key is one when nothing follows`() {
    var decoder = KeyDecoder()
    #expect(decoder.keys([0x1B]) == [])
    #expect(decoder.isWaiting)
    #expect(decoder.flush() == [.escape])
    #expect(!decoder.isWaiting)
    #expect(decoder.keys([0x1B, 0x1B]) == [.escape])
    #expect(decoder.flush() == [.escape])
    #expect(keys("\u{1B}q") == [.escape, .character("q")])
  }

  @Test func `what is not known is nothing, and what is no text neither`() {
    let others = [
      "\u{1B}[Z", "\u{1B}[3~", "\u{1B}OP", "\u{1B}[15~", "\u{1B}[<0;1;1M", "\u{1}", "\t",
    ]
    for text in others {
      #expect(keys(text).isEmpty, "\(text.debugDescription)")
    }
    var decoder = KeyDecoder()
    #expect(decoder.keys([0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0x71]) == [.character("q")])
    #expect(decoder.keys([0xC2, 0x9B, 0x71]).last == .character("q"))
    // A sequence without an end is given up.
    #expect(decoder.keys([0x1B, 0x5B] + [UInt8](repeating: 0x30, count: 100)) == [])
    #expect(!decoder.isWaiting)
    #expect(decoder.keys([0x71]) == [.character("q")])
    #expect(decoder.keys([0xE5, 0x90]) == [])
    #expect(decoder.flush() == [])
    #expect(decoder.keys([0x71]) == [.character("q")])
  }
}
