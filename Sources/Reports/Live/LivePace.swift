// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// How often a capture is read while somebody looks.
package struct LivePace: Equatable, Sendable {
  /// What the keys go through, in seconds.
  private static let steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60]
  /// So many times as long as reading took there is none: a large capture must not keep a
  /// processor busy.
  private static let rest = 4.0

  /// Seconds from one reading to the next, if reading is quick.
  package private(set) var wanted: Double
  /// Seconds that the last reading took.
  package var cost = 0.0

  package init(every seconds: Double) { wanted = seconds }

  /// Seconds from the end of one reading to the begin of the next.
  package var interval: Double { max(wanted, cost * Self.rest) }

  mutating func quicken() { wanted = Self.steps.last { $0 < wanted } ?? wanted }

  mutating func slow() { wanted = Self.steps.first { $0 > wanted } ?? wanted }

  func words(_ style: Style) -> String {
    let every = "every \(style.duration(interval))"
    return interval > wanted ? every + ", reading takes \(style.duration(cost))" : every
  }
}
