// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// The figures of a line, a thread, or everything; bytes, blocks, and variances of bytes.
package struct Figures: Equatable, Sendable {
  /// What it held at the moment that was asked about; in a window the increase.
  package var held = 0
  package var heldBlocks = 0.0
  package var heldVariance = 0.0
  /// What it holds as last noted.
  package var live = 0
  package var liveBlocks = 0.0
  package var liveVariance = 0.0
  /// All that it ever allocated.
  package var allocated = 0
  package var allocations = 0.0
  package var allocatedVariance = 0.0
  /// What was freed before anything else was allocated.
  package var temporary = 0
  package var temporaryBlocks = 0.0

  package init() {}

  mutating func add(_ one: CaptureCounters) {
    live = live.plus(one.live)
    liveBlocks += one.liveBlocks
    liveVariance += one.liveVariance
    allocated = allocated.plus(one.allocated)
    allocations += one.allocations
    allocatedVariance += one.allocatedVariance
    temporary = temporary.plus(one.temporary)
    temporaryBlocks += one.temporaryBlocks
  }

  /// The standard errors of what it held, holds and allocated, in bytes; 0 where all was recorded.
  package var heldError: Double { heldVariance.squareRoot() }
  package var liveError: Double { liveVariance.squareRoot() }
  package var allocatedError: Double { allocatedVariance.squareRoot() }
}
