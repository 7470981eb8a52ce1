// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `mprof …`: memory_profiler's second command, under the names and in the layout it always had.
///
/// It takes its arguments raw, because its words and exit codes are memory_profiler's to define and
/// not the argument parser's.
struct Mprof: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Memory over time of any program and its children (also: mprof).",
    discussion: "run, plot, peak, list, rm and clean are commands of peakline's, too.",
    helpNames: [])

  @Argument(parsing: .captureForPassthrough)
  var arguments: [String] = []

  func run() throws { try Self.perform(arguments) }

  /// Runs the command that the first word names.
  static func perform(_ words: [String]) throws {
    switch words.first {
    case nil:
      // memory_profiler answers a missing command with its usage and failure; help is a success.
      leave(with: 1, printing: MprofCommand.usage)
    case "-h", "--help":
      leave(with: 0, printing: MprofCommand.usage)
    case "--version":
      leave(with: 0, printing: mprofVersion)
    case let word?:
      guard let command = MprofCommand(rawValue: word) else {
        throw Failure.mprof(.unknown(command: word))
      }
      try command.implementation.perform(Array(words.dropFirst()))
    }
  }
}

/// What `mprof --version` prints, and `mprof run --version`.
let mprofVersion = "mprof \(peaklineVersion) (Peakline)"
