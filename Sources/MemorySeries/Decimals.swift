// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Decimal numbers as bytes, both ways, without allocating: a file may have millions of them.
enum Decimals {
  /// Powers of ten that a Double holds exactly.
  private static let powers: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { power, _ in power * 10 }
  }

  /// The nearest Double to a plain decimal number; nil for what is none.
  ///
  /// Up to 2^53 and 22 decimals both parts are exact, so that their quotient is rounded once: the
  /// same as any correct parser says. Longer ones, and exponents, go the slow way.
  static func number(_ text: Span<UInt8>) -> Double? {
    var index = 0
    let isNegative = !text.isEmpty && text[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var decimals = 0
    var seenPoint = false
    while index < text.count {
      let byte = text[index]
      if byte &- 48 < 10 {
        guard mantissa < 900_719_925_474_098 else { return slowly(text) }
        mantissa = mantissa * 10 + UInt64(byte &- 48)
        digits += 1
        if seenPoint { decimals += 1 }
      } else if byte == UInt8(ascii: "."), !seenPoint {
        seenPoint = true
      } else {
        return slowly(text)
      }
      index += 1
    }
    guard digits > 0 else { return nil }
    guard decimals < powers.count else { return slowly(text) }
    let value = Double(mantissa) / powers[decimals]
    return isNegative ? -value : value
  }

  private static func slowly(_ text: Span<UInt8>) -> Double? {
    guard text.count <= 64 else { return nil }
    var copy: [UInt8] = []
    for index in text.indices { copy.append(text[index]) }
    // Of the texts that Double takes, hexadecimal ones are none of ours.
    guard !copy.contains(UInt8(ascii: "x")), !copy.contains(UInt8(ascii: "X")),
      let value = Double(String(decoding: copy, as: UTF8.self)), value.isFinite
    else { return nil }
    return value
  }

  /// Appends `value / 10^decimals` with exactly so many decimals.
  static func append(_ value: Int, decimals: Int, to bytes: inout [UInt8]) {
    var rest = value.magnitude
    var digits = InlineArray<24, UInt8>(repeating: 48)
    var count = 0
    while rest > 0 || count <= decimals {
      digits[count] = UInt8(48 + rest % 10)
      rest /= 10
      count += 1
    }
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    while count > 0 {
      count -= 1
      bytes.append(digits[count])
      if count == decimals, decimals > 0 { bytes.append(UInt8(ascii: ".")) }
    }
  }
}
