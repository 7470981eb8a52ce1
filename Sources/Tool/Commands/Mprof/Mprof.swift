// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `mprof …`: memory_profiler's second command, under the names and in the layout it always had.
///
/// It takes its arguments raw, because its words and exit codes are memory_profiler's to define and
/// not the argument parser's. Of the seven commands this version knows the names only, and says so.
struct Mprof: ParsableCommand {
  static let configuration = CommandConfiguration(shouldDisplay: false, helpNames: [])

  @Argument(parsing: .captureForPassthrough)
  var arguments: [String] = []

  func run() throws {
    switch arguments.first {
    case nil, "-h", "--help":
      print(MprofCommand.usage)
      // memory_profiler answers a missing command with its usage and failure; help is a success.
      if arguments.isEmpty { throw ExitCode(1) }
    case "--version":
      print("mprof \(peaklineVersion) (Peakline)")
    case let word?:
      guard let command = MprofCommand(rawValue: word) else {
        throw Failure.mprofUnknown(command: word)
      }
      throw Failure.mprofNotYet(command: command.rawValue)
    }
  }
}
