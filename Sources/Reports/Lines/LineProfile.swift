// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The lines of the functions that ran: the document of kind "lines" in docs/format.md.
struct LineProfile: Decodable, Equatable {
  /// What `usage` and `increment` measure: heap, rss, pss, uss or tracemalloc.
  var backend: String
  /// The version of the Python that was measured.
  var python: String
  /// Sentences that limit the figures.
  var caveats: [String]
  var functions: [Function]

  /// Whether allocations themselves were counted, so that the heap's figures are there.
  var isHeap: Bool { backend == "heap" }
}

extension LineProfile {
  /// A function that ran, line by line.
  struct Function: Decodable, Equatable {
    var file: String
    var name: String
    var firstLine: Int
    var lines: [Line]
    /// Memory in use when it was first entered.
    var baseline: Int
    /// What must be said of its source.
    var note: String?
    /// Whether it was entered while it ran, on the same thread; nil where the document does not say.
    ///
    /// Then an inner call's figures are in the line that made it and again in the lines that it ran,
    /// and sums over lines count them twice.
    var recursive: Bool?

    enum CodingKeys: String, CodingKey {
      case file, name, lines, baseline, note, recursive
      case firstLine = "first_line"
    }
  }

  /// A physical line.
  ///
  /// Sizes are bytes; what ran is counted on the first line of its statement.
  struct Line: Decodable, Equatable {
    var line: Int
    /// The text without its newline; nil where it is not known.
    var source: String?
    var occurrences: Int
    /// Memory in use after it; nil if it did not run.
    var usage: Int?
    var increment: Int
    var residentIncrement: Int
    var seconds: Double
    var heapIncrement: Int?
    var ownPeak: Int?
    var allocated: Int?
    var freed: Int?
    var allocations: Int?
    var pythonIncrement: Int?
    var requested: Int?
    var otherThreads: Int?

    enum CodingKeys: String, CodingKey {
      case line, source, occurrences, usage, increment, seconds, allocated, freed, allocations
      case requested
      case residentIncrement = "rss_increment"
      case heapIncrement = "heap_increment"
      case ownPeak = "own_peak"
      case pythonIncrement = "python_increment"
      case otherThreads = "other_threads"
    }

    /// Whether control came to it and left it again.
    var ran: Bool { usage != nil }
  }
}
