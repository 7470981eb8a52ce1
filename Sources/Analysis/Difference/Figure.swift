// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// One of the figures that two recordings are compared by.
package enum Figure: String, CaseIterable, Sendable {
  case peak, live, allocated, allocations

  /// Whether it counts bytes; allocations are counted by themselves.
  package var isBytes: Bool { self != .allocations }

  /// What a whole process had of it, which is counted in sampled recordings, too.
  package func total(_ header: CaptureHeader) -> Int {
    switch self {
    case .peak: header.peak
    case .live: header.live
    case .allocated: header.allocated
    case .allocations: header.allocations
    }
  }
}

extension Figures {
  /// The figure of that name, of figures that were taken at the peak.
  package func amount(_ figure: Figure) -> Int {
    switch figure {
    case .peak: held
    case .live: live
    case .allocated: allocated
    case .allocations: Int(clamping: allocations.rounded())
    }
  }

  /// Its variance; nil for allocations, of which captures have none.
  package func variance(_ figure: Figure) -> Double? {
    switch figure {
    case .peak: heldVariance
    case .live: liveVariance
    case .allocated: allocatedVariance
    case .allocations: nil
    }
  }
}
