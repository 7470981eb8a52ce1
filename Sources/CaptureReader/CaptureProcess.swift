// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A process of a tree, in a capture that was merged from the captures of all of them.
package struct CaptureProcess: Sendable {
  /// What its capture is called in the tree's folder, without ".peakline": "4711", or "4711-2" for the
  /// second program that had the number.
  package var name: String
  /// Of its own capture; `peak` and `peakMoment` are the process's own.
  package var header: CaptureHeader
  package var command: String
  package var folder: String
  /// When it began and ended, in nanoseconds since the tree began; while it runs, the last that is known.
  package var begin: Int
  package var end: Int
  /// How it ended.
  package var ending: Ending
  /// Which entries of the merged capture's counters and threads are its own.
  package var counters: Range<Int>
  package var threads: Range<Int>
  /// Of the processes the one that started it; nil for the first, and where that is not known.
  package var parent: Int?

  package init(
    name: String, header: CaptureHeader, command: String, folder: String, begin: Int, end: Int,
    ending: Ending, counters: Range<Int>, threads: Range<Int>, parent: Int? = nil
  ) {
    self.name = name
    self.header = header
    self.command = command
    self.folder = folder
    self.begin = begin
    self.end = end
    self.ending = ending
    self.counters = counters
    self.threads = threads
    self.parent = parent
  }
}

/// A process of a tree that could not be recorded.
package struct UnrecordedProcess: Equatable, Sendable {
  package var processID: Int
  /// As it stands in the folder of the tree: "static", "setuid", "architecture", "sanitizer",
  /// "unreachable".
  package var reason: String
  /// What it ran.
  package var program: String

  package init(processID: Int, reason: String, program: String) {
    self.processID = processID
    self.reason = reason
    self.program = program
  }
}

/// A process of a tree whose capture cannot be read.
package struct UnreadProcess: Equatable, Sendable {
  /// As in `CaptureProcess`.
  package var name: String
  package var failure: CaptureFailure

  package init(name: String, failure: CaptureFailure) {
    self.name = name
    self.failure = failure
  }
}
