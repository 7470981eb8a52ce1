// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// How an mprof file spells the command that was run.
package enum CommandLine {
  /// The words with blanks between; one that has a blank or a tab in it stands in quotation marks.
  ///
  /// Nothing is escaped: it is to be read by people, and memory_profiler's are the same.
  package static func text(of words: [String]) -> String {
    words.map { $0.contains(" ") || $0.contains("\t") ? "'\($0)'" : $0 }.joined(separator: " ")
  }
}
