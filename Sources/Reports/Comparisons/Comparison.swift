// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Alternatives that were run side by side: the document of kind "comparison" in docs/format.md.
struct Comparison: Decodable, Equatable {
  /// The version of the Python that was measured.
  var python: String
  /// Sentences that limit the figures.
  var caveats: [String]
  var alternatives: [Alternative]
}

extension Comparison {
  /// One way of doing the work.
  struct Alternative: Decodable, Equatable {
    var name: String
    /// Why it could not be measured, as a sentence.
    var error: String?
    var runs: [Run]
    /// The lines of a run, where somebody has measured them.
    var lines: LineProfile?
  }

  /// One run of it in a process of its own.
  ///
  /// Sizes are bytes.
  struct Run: Decodable, Equatable {
    var ownPeak: Int
    var retained: Int
    var allocated: Int
    var allocations: Int
    var seconds: Double

    enum CodingKeys: String, CodingKey {
      case retained, allocated, allocations, seconds
      case ownPeak = "own_peak"
    }
  }
}
