// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Times as text.
extension Style {
  /// A stretch of time, for a sentence: seconds in three digits, longer ones in two units.
  func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e12 else { return "for ever" }
    guard seconds >= 59.95 else {
      let (number, unit) = time(seconds)
      return unit.isEmpty ? "0 s" : "\(number) \(unit)"
    }
    let whole = Int(seconds.rounded())
    let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60)
    if days > 0 { return "\(days) d \(hours) h" }
    return hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min \(whole % 60) s"
  }

  /// A moment of the recording: seconds since its begin to the hundredth, clock-like from a minute on.
  func moment(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e12, seconds >= 60 else { return duration(max(0, seconds)) }
    let whole = Int(seconds)
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return (hours > 0 ? "\(hours) h " : "") + "\(minutes) min \(whole % 60) s"
  }

  /// A date in UTC, from nanoseconds since 1970.
  static func date(_ nanoseconds: Int) -> String {
    let seconds = nanoseconds / 1_000_000_000
    // Days are counted from the first of March of the year 0, so that leap days come last.
    let days = seconds / 86_400 + 719_468
    let era = days / 146_097
    let day = days % 146_097
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let ofYear = day - (365 * year + year / 4 - year / 100)
    let month = (5 * ofYear + 2) / 153
    let ofMonth = ofYear - (153 * month + 2) / 5 + 1
    let number = month < 10 ? month + 3 : month - 9
    let date = [year + era * 400 + (number <= 2 ? 1 : 0), number, ofMonth].map(twoDigits)
    let time = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map(twoDigits)
    return date.joined(separator: "-") + " " + time.joined(separator: ":") + " UTC"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
