// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Round numbers along an axis, with their texts.
struct Ticks {
  struct Tick: Equatable {
    var value: Double
    var text: String
  }

  private(set) var ticks: [Tick] = []
  /// The unit of all of them.
  private(set) var unit: String

  /// Memory from 0 to at least `highest` MiB, in about so many steps.
  init(memoryTo highest: Double, steps: Int) {
    let units: [(name: String, size: Double)] = [
      ("KiB", 1 / 1024), ("MiB", 1), ("GiB", 1024), ("TiB", 1024 * 1024),
    ]
    let highest = highest > 0 ? max(highest, units[0].size) : units[1].size
    let fitting = units.last { $0.size * 2 <= highest } ?? units[0]
    unit = fitting.name
    let top = min(highest / fitting.size, 1e12)
    let step = Self.round(top / Double(max(1, steps)), steps: [1, 2, 5, 10])
    append(from: 0, through: top, step: step, scale: fitting.size)
  }

  /// Times within a stretch, in about so many steps: seconds, or minutes, hours and days.
  init(times: ClosedRange<Double>, steps: Int) {
    let length = min(max(times.upperBound - times.lowerBound, 0.0001), 1e12)
    let units: [(name: String, size: Double, steps: [Double])] = [
      ("ms", 0.001, [1, 2, 5, 10]), ("s", 1, [1, 2, 5, 10]),
      ("min", 60, [1, 2, 5, 10, 15, 20, 30]), ("h", 3600, [1, 2, 3, 6, 12]),
      ("days", 86400, [1, 2, 5, 10]),
    ]
    // From three minutes on in minutes, from three hours on in hours.
    let fitting =
      units.last { length >= $0.size * ($0.size < 60 ? 1 : 3) } ?? units[0]
    unit = fitting.name
    // One number alone would not tell how long anything is.
    for steps in max(1, steps)...(max(1, steps) + 4) where ticks.count < 2 {
      ticks = []
      let wanted = length / fitting.size / Double(steps)
      let step =
        fitting.steps.first { wanted <= $0 && wanted > 0.5 }
        ?? Self.round(wanted, steps: [1, 2, 5, 10])
      append(
        from: min(max(times.lowerBound / fitting.size, -1e12), 1e12),
        through: min(max(times.upperBound / fitting.size, -1e12), 1e12), step: step,
        scale: fitting.size)
    }
  }

  private mutating func append(
    from low: Double, through high: Double, step: Double, scale: Double
  ) {
    var index = (low / step).rounded(.up)
    let decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3
    while index * step <= high * 1.000_000_1, ticks.count < 64 {
      let value = index * step
      ticks.append(Tick(value: value * scale, text: Decimal.text(value, decimals: decimals)))
      index += 1
    }
  }

  /// The smallest of the steps, times a power of ten, that is no smaller than `least`.
  private static func round(_ least: Double, steps: [Double]) -> Double {
    var power = 1.0
    while least > power * 10 { power *= 10 }
    while least <= power, power > 1e-9 { power /= 10 }
    return (steps.first { least <= $0 * power } ?? 10) * power
  }
}

/// A number in a range; the lower bound in place of what is no number.
func clamped(_ value: Double, _ range: ClosedRange<Double>) -> Double {
  value >= range.lowerBound ? min(value, range.upperBound) : range.lowerBound
}

/// Decimal fractions of what was measured.
enum Decimal {
  /// So many decimals; what is far beyond any figure says so.
  static func text(_ value: Double, decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e13 else { return value < 0 ? "-inf" : "inf" }
    let power: UInt = [1, 10, 100, 1000, 10000, 100_000][min(max(0, decimals), 5)]
    let whole = UInt((abs(value) * Double(power)).rounded())
    return (value < 0 && whole > 0 ? "-" : "")
      + Digits.decimal(whole, over: power, decimals: min(max(0, decimals), 5))
  }

  /// MiB in the unit that suits.
  static func memory(_ mebibytes: Double, _ style: Style = Style()) -> String {
    style.size(Int((min(max(mebibytes, -8e12), 8e12) * 1_048_576).rounded()))
  }

  /// Seconds since a start, as people say them: `12.5 s`, `3 min 05 s`, `2 h 07 min`.
  static func moment(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e12 else { return "?" }
    if seconds < 10 { return text(seconds, decimals: 2) + " s" }
    if seconds < 180 { return text(seconds, decimals: 1) + " s" }
    let whole = Int(seconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if seconds < 10_800 { return "\(whole / 60) min \(two(whole % 60)) s" }
    return "\(whole / 3600) h \(two(whole % 3600 / 60)) min"
  }
}
