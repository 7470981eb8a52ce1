// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The names that mprof gives its files: `mprofile_20261120221315.dat`, by the local time of the start.
package enum SeriesName {
  private static let prefix = "mprofile_"
  private static let suffix = ".dat"
  private static let digits = 14

  /// The name for a moment, from year to second.
  package static func usual(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int)
    -> String
  {
    let parts = [month, day, hour, minute, second].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return prefix + "\(year)" + parts.joined() + suffix
  }

  /// Whether a file's name is of that form: any fourteen characters in the middle, as it always was.
  package static func isUsual(_ name: String) -> Bool {
    name.hasPrefix(prefix) && name.hasSuffix(suffix)
      && name.count == prefix.count + digits + suffix.count
  }

  /// The line of `mprof list`.
  package static func listing(index: Int, name: String) -> String {
    let stamp = Array(name.dropFirst(prefix.count).prefix(digits))
    func part(_ start: Int, _ length: Int = 2) -> String {
      String(stamp.dropFirst(start).prefix(length))
    }
    return "\(index) \(name) \(part(8)):\(part(10)):\(part(12)) "
      + "\(part(6))/\(part(4))/\(part(0, 4))"
  }
}
