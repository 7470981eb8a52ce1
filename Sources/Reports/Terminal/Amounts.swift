// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Figures as text. All are exact: no binary fraction is rounded twice, whatever the size.
extension Style {
  /// Bytes, with the unit padded so that numbers stand below each other.
  func sizeCell(_ bytes: Int) -> String {
    if let precision { return mebibytes(bytes, decimals: precision) + " MiB" }
    let (number, unit) = Self.adaptive(bytes)
    return number + " " + unit.padded(to: 3)
  }

  /// Bytes, for a sentence.
  func size(_ bytes: Int) -> String {
    if let precision { return mebibytes(bytes, decimals: precision) + " MiB" }
    let (number, unit) = Self.adaptive(bytes)
    return "\(number) \(unit.isEmpty ? "B" : unit)"
  }

  /// The standard error of a size, in that size's unit and with as many decimals.
  func error(_ error: Double, beside bytes: Int) -> String {
    let (number, unit) =
      precision.map { (mebibytes(bytes, decimals: $0), "MiB") } ?? Self.adaptive(bytes)
    let decimals = number.split(separator: ".").dropFirst().first?.utf8.count ?? 0
    let shifts: [String: UInt] = ["KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40]
    let whole = UInt(min(max(0, error.isNaN ? 0 : error), 9e18).rounded())
    let text = Digits.decimal(whole, over: 1 << (shifts[unit] ?? 0), decimals: decimals)
    return plusMinus + " " + text
  }

  /// Seconds, with the unit padded.
  func timeCell(_ seconds: Double) -> String {
    let (number, unit) = time(seconds)
    return number + " " + unit.padded(to: 2)
  }

  /// A time and its unit: three digits.
  func time(_ seconds: Double) -> (number: String, unit: String) {
    guard seconds.isFinite, seconds > 0 else { return ("0", "") }
    let nanoseconds = UInt(min(seconds * 1e9, 9e18).rounded())
    if nanoseconds == 0 { return ("0", "") }
    var divisor: UInt = 1
    for unit in ["ns", "\(micro)s", "ms"] {
      if let digits = Digits.three(nanoseconds, over: divisor, below: 1000) {
        return (digits, unit)
      }
      divisor *= 1000
    }
    return (Digits.three(nanoseconds, over: divisor, below: .max) ?? "", "s")
  }

  /// How many times as much, to be followed by a sign of multiplication.
  func ratio(_ value: Double) -> String {
    guard value.isFinite, value >= 0 else { return "" }
    return Digits.three(UInt(min(value * 1000, 9e18).rounded()), over: 1000, below: .max) ?? ""
  }

  private func mebibytes(_ bytes: Int, decimals: Int) -> String {
    (bytes < 0 ? "-" : "") + Digits.decimal(bytes.magnitude, over: 1 << 20, decimals: decimals)
  }

  /// A size in the largest unit that leaves a digit before the point.
  private static func adaptive(_ bytes: Int) -> (number: String, unit: String) {
    let sign = bytes < 0 ? "-" : ""
    if bytes == 0 { return ("0", "") }
    if bytes.magnitude < 1024 { return (sign + "\(bytes.magnitude)", "B") }
    for (shift, unit) in [(10, "KiB"), (20, "MiB"), (30, "GiB"), (40, "TiB")] as [(UInt, String)] {
      let limit: UInt = unit == "TiB" ? .max : 1024
      if let digits = Digits.three(bytes.magnitude, over: 1 << shift, below: limit) {
        return (sign + digits, unit)
      }
    }
    return (sign, "")
  }
}

/// Decimal fractions of whole numbers.
enum Digits {
  /// `number / divisor` in three digits, more where the whole part has more; nil from `limit` on.
  static func three(_ number: UInt, over divisor: UInt, below limit: UInt) -> String? {
    if divisor == 1 { return number < limit ? "\(number)" : nil }
    for decimals in [2, 1, 0] {
      let text = decimal(number, over: divisor, decimals: decimals)
      if decimals == 0, let whole = UInt(text), whole >= limit { return nil }
      if text.utf8.count <= 4 || decimals == 0 { return text }
    }
    return nil
  }

  /// `number / divisor` with so many decimals, rounded to the nearest, ties to even.
  static func decimal(_ number: UInt, over divisor: UInt, decimals: Int) -> String {
    var whole = number / divisor
    var rest = number % divisor
    var digits: [UInt8] = []
    for _ in 0..<decimals {
      rest *= 10
      digits.append(UInt8(rest / divisor))
      rest %= divisor
    }
    let last = digits.last.map(UInt.init) ?? whole
    if rest * 2 > divisor || (rest * 2 == divisor && last % 2 == 1) {
      var index = digits.count - 1
      while index >= 0, digits[index] == 9 {
        digits[index] = 0
        index -= 1
      }
      if index >= 0 { digits[index] += 1 } else { whole += 1 }
    }
    let fraction = digits.map(String.init).joined()
    return fraction.isEmpty ? "\(whole)" : "\(whole).\(fraction)"
  }

  /// A count with commas between the thousands.
  static func grouped(_ count: Int) -> String {
    let digits = Array("\(count.magnitude)")
    var text = count < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }
}

extension String {
  /// The text with spaces behind it, up to so many cells.
  func padded(to cells: Int) -> String {
    self + String(repeating: " ", count: max(0, cells - DisplayWidth.of(self)))
  }

  /// The text with spaces before it.
  func indented(to cells: Int) -> String {
    String(repeating: " ", count: max(0, cells - DisplayWidth.of(self))) + self
  }
}
