// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Why a question to a capture has no answer: each case is one sentence that says what to do.
package enum AnalysisFailure: Error, Equatable, CustomStringConvertible {
  /// No thread is called so.
  case noThread(String, available: [String])
  /// No process is called so, or several are; those that there are.
  case noProcess(String, available: [String])
  case manyProcesses(String, found: [String])
  /// What is there for one process only was asked of the capture of a tree.
  case severalProcesses
  /// The moment is not in the recording, which lasted so many seconds.
  case outside(seconds: Double, duration: Double)
  /// The second moment is not after the first.
  case emptyWindow
  /// The capture has no timeline.
  case noTimeline
  /// Captures that are to be copies of one are not.
  case otherRecording

  package var description: String {
    switch self {
    case .noThread(let name, let available):
      "there is no thread '\(name)': "
        + (available.isEmpty
          ? "no thread was recorded; leave out --thread" : "choose from \(Self.list(available))")
    case .noProcess(let name, let available):
      available.count == 1
        ? "this capture is of one process, \(available[0]), which '\(name)' does not name: "
          + "leave out --process"
        : "there is no process '\(name)' in this capture: choose from \(Self.list(available))"
    case .manyProcesses(let name, let found):
      "'\(name)' names \(found.count) processes of this capture: "
        + "choose one by its number, from \(Self.list(found))"
    case .severalProcesses:
      "these are captures of several processes: name copies of a capture that has one"
    case .outside(let seconds, let duration):
      "nothing was recorded at \(Self.text(seconds)) s: "
        + "choose a moment between 0 and \(Self.text(duration)) s"
    case .emptyWindow:
      "the window ends before it begins: give the earlier moment first, as in --window 2s,5s"
    case .noTimeline:
      "this capture has no timeline: leave out --at and --window"
    case .otherRecording:
      "these are not two or more copies of one recording, made while it went on"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(12).joined(separator: ", ")
      + (names.count > 12 ? " and \(names.count - 12) more" : "")
  }

  /// Seconds to the millisecond.
  private static func text(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e12 else { return "\(seconds)" }
    let thousandths = Int((seconds * 1000).rounded(.down))
    return "\(Double(thousandths) / 1000)"
  }
}
