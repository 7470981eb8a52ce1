// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The figure that lines are sorted by.
package enum LiveSort: String, CaseIterable, Sendable {
  case peak = "at-peak"
  case now
  case allocated
  case allocations

  /// In the order of the columns, which is the order of the keys 1 to 4.
  static let columns: [LiveSort] = [.now, .peak, .allocated, .allocations]

  var heading: String {
    switch self {
    case .now: "In use"
    case .peak: "At peak"
    case .allocated: "Allocated"
    case .allocations: "Blocks"
    }
  }

  /// The column so many further to the right; behind the last comes the first.
  func next(_ count: Int) -> LiveSort {
    let columns = Self.columns
    let index = (columns.firstIndex(of: self) ?? 0) + count
    return columns[(index % columns.count + columns.count) % columns.count]
  }

  /// The figure: bytes, or blocks.
  func amount(_ figures: Figures) -> Double {
    switch self {
    case .now: Double(figures.live)
    case .peak: Double(figures.held)
    case .allocated: Double(figures.allocated)
    case .allocations: figures.allocations
    }
  }

  /// What the figures are shares of.
  func whole(_ header: CaptureHeader) -> Double {
    switch self {
    case .now: Double(header.live)
    case .peak: Double(header.peak)
    case .allocated: Double(header.allocated)
    case .allocations: Double(header.allocations)
    }
  }
}
