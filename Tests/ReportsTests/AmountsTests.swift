// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// Figures as text: exact, three digits, the unit that suits.
@Suite struct AmountsTests {
  private let style = Style()

  @Test(arguments: [
    (0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (10_240, "10.0 KiB"),
    (102_400, "100 KiB"), (1_048_575, "1.00 MiB"), (1_048_576, "1.00 MiB"),
    (1_043_333, "1019 KiB"), (-1, "-1 B"), (-83_886_080, "-80.0 MiB"), (1_288_490_189, "1.20 GiB"),
    (1 << 40, "1.00 TiB"), (Int.max, "8388608 TiB"), (Int.min, "-8388608 TiB"),
  ])
  func `a size has the unit that suits it`(bytes: Int, text: String) {
    #expect(style.size(bytes) == text)
  }

  @Test(arguments: [
    (0, 1, "0.0 MiB"), (262_144, 1, "0.2 MiB"), (786_432, 1, "0.8 MiB"),
    (1, 20, "0.00000095367431640625 MiB"),
    (-1_572_864, 0, "-2 MiB"), (1_572_864, 1, "1.5 MiB"), (1_048_575, 2, "1.00 MiB"),
  ])
  func `with a precision a size is in MiB, ties to even`(bytes: Int, decimals: Int, text: String) {
    #expect(Style(precision: decimals).size(bytes) == text)
  }

  @Test(arguments: [
    (0.0, "0"), (4e-10, "0"), (8e-8, "80 ns"), (9.994e-6, "9.99 µs"), (9.996e-6, "10.0 µs"),
    (0.0812, "81.2 ms"), (0.99996, "1.00 s"), (12.345, "12.3 s"), (12_345, "12345 s"),
    (.infinity, "0"), (.nan, "0"), (-1, "0"), (1e300, "9000000000 s"),
  ])
  func `a time has the unit that suits it`(seconds: Double, text: String) {
    let (number, unit) = style.time(seconds)
    #expect((unit.isEmpty ? number : "\(number) \(unit)") == text)
  }

  @Test func `three digits are within half of the last one, everywhere`() throws {
    for number: UInt in stride(from: 1024, to: 1 << 20, by: 37) {
      let text = try #require(Digits.three(number, over: 1024, below: .max))
      let value = try #require(Double(text))
      #expect(abs(value - Double(number) / 1024) <= value * 0.005 + 1e-9)
      #expect(text.count <= 5)
    }
  }

  @Test func `counts have commas between thousands`() {
    let texts = [0, 7, 999, 1000, 123_456, 1_234_567, -1000].map(Digits.grouped)
    #expect(texts == ["0", "7", "999", "1,000", "123,456", "1,234,567", "-1,000"])
    #expect(Digits.grouped(.min) == "-9,223,372,036,854,775,808")
  }

  @Test(arguments: [
    ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한글", 4), ("👩‍👩‍👧‍👦", 2), ("🇬🇧", 2), ("❤️", 2),
    ("ｗ", 2), ("क्ष", 2), ("\u{200B}", 0), ("…–×µ", 4), ("█▏▒", 3), ("", 0),
  ])
  func `a text takes so many cells`(text: String, cells: Int) {
    #expect(DisplayWidth.of(text) == cells)
  }

  @Test func `tabs go to the next stop, controls become marks`() {
    #expect(DisplayWidth.shown("\tx\ty") == "        x       y")
    #expect(DisplayWidth.shown("日\tx") == "日      x")
    #expect(DisplayWidth.shown("a\u{C}b\u{1B}") == "ab\u{FFFD}")
  }

  @Test func `sentences are broken between words`() {
    #expect(DisplayWidth.wrap("one two three", to: 8) == ["one two", "three"])
    #expect(DisplayWidth.wrap("incomprehensible it is", to: 6) == ["incomprehensible", "it is"])
    #expect(DisplayWidth.wrap("one two", to: nil) == ["one two"])
  }
}
