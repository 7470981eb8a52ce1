// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Reports

/// What a stack may be weighed by.
package enum ExportValue: String, CaseIterable, Sendable {
  /// What it held at the moment that is asked about.
  case held = "at-peak"
  case liveAtEnd = "live-at-end"
  case allocated, allocations, temporary

  /// What it is called, as in the reports' JSON.
  func key(_ when: When) -> String {
    switch self {
    case .held: when.key
    case .liveAtEnd: "live_at_end"
    case .allocated, .allocations, .temporary: rawValue
    }
  }

  var isBytes: Bool { self != .allocations }

  /// Of each node what it did itself.
  func values(_ figures: NodeFigures) -> [Int] {
    switch self {
    case .held: figures.held
    case .liveAtEnd: figures.live
    case .allocated: figures.allocated
    case .allocations: figures.allocations
    case .temporary: figures.temporary
    }
  }
}
