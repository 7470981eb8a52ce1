// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What the tests of a run held: the document of kind "tests" in docs/format.md.
struct TestRun: Decodable, Equatable {
  /// The version of the Python that ran them.
  var python: String
  /// Sentences that limit the figures.
  var caveats: [String]
  /// Bytes between two samples in the mean; 0 where every block was recorded.
  var interval: Int
  var tests: [Test]
}

extension TestRun {
  /// A test; sizes are bytes.
  struct Test: Decodable, Equatable {
    var id: String
    var outcome: String
    var peak: Int
    var allocated: Int
    var allocations: Int
    /// Those that held most at the peak, if they are known.
    var lines: [Line]?
  }

  /// A line of the project, or what stands in the place of one.
  struct Line: Decodable, Equatable {
    var file: String?
    var line: Int?
    var function: String
    var source: String?
    var held: Int

    enum CodingKeys: String, CodingKey {
      case file, line, function, source
      case held = "at_peak"
    }
  }
}
