// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What an mprof file says: the memory of a program over time, of its children, and its calls.
///
/// Figures are those of the file: MiB, and seconds since the epoch. Samples are in the file's order,
/// which need not be that of time: several processes append to one file, and so may several runs.
package struct MemorySeries: Equatable, Sendable {
  /// The memory at one moment.
  package struct Sample: Equatable, Sendable {
    package var time: Double
    package var mebibytes: Double

    package init(time: Double, mebibytes: Double) {
      self.time = time
      self.mebibytes = mebibytes
    }
  }

  /// A process below the program, with its own samples.
  package struct Child: Equatable, Sendable {
    /// As the file has it; in a foreign file it need not be a number.
    package var processID: String
    package var samples: [Sample]
  }

  /// A call of a function, or what the program marked by a name of its own.
  package struct Call: Equatable, Sendable {
    package enum Kind: String, Sendable {
      case function, span, instant
    }

    package var kind = Kind.function
    package var name: String
    package var start: Sample
    package var end: Sample
    /// How many others it was made inside of; old files do not say.
    package var level: Int?
  }

  /// The command line of the last run in the file.
  package var commandLine: String?
  /// How many runs there are: as many as command lines.
  package var runs = 0
  /// The program's samples; the sum over its processes where that was asked for.
  package var samples: [Sample] = []
  /// In the order in which they appear first.
  package var children: [Child] = []
  /// In the file's order.
  package var calls: [Call] = []
  /// Whether the program's samples have its children's memory in them, although these have samples of
  /// their own; memory_profiler's files do not say.
  package var includesChildren = false
  /// Processes that came and went between two samples: each had at most so much, by that time.
  package var unseen: [Sample] = []
  /// The lines that are no records, or are cut off.
  package var unreadable = Unreadable()

  package init() {}

  /// Whether nothing in the file was a record.
  package var isEmpty: Bool {
    runs == 0 && samples.isEmpty && children.isEmpty && calls.isEmpty && unseen.isEmpty
  }
}

/// Lines that could not be read: how many, and which was the first.
package struct Unreadable: Equatable, Sendable {
  package private(set) var count = 0
  package private(set) var firstLine = 0

  package init() {}

  mutating func note(line: Int) {
    if count == 0 { firstLine = line }
    count += 1
  }

  /// The end of a sentence about a file; nil if all of it was read.
  package var sentence: String? {
    switch count {
    case 0: nil
    case 1: "line \(firstLine) is no record of mprof, or is cut off, and was left out"
    default: "\(count) lines are no records of mprof and were left out, line \(firstLine) first"
    }
  }
}
