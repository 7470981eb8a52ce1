// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The seven commands of memory_profiler's `mprof`, in the order in which its help lists them.
enum MprofCommand: String, CaseIterable {
  case run, attach, rm, clean, list, plot, peak

  /// What the command is for, in one line.
  var summary: String {
    switch self {
    case .run: "run a program and record its memory"
    case .attach: "record a program that is already running"
    case .rm: "remove a recording"
    case .clean: "remove all recordings from this directory"
    case .list: "list the recordings of this directory"
    case .plot: "plot a recording"
    case .peak: "print the highest memory of a recording"
    }
  }

  /// The answer to `mprof --help`, laid out as memory_profiler's.
  static var usage: String {
    let rows = allCases.map { command in
      let padding = String(repeating: " ", count: 9 - command.rawValue.count)
      return "    \(command.rawValue)\(padding)\(command.summary)"
    }
    return """
      Usage: mprof <command> <options> <arguments>

      Available commands:

      \(rows.joined(separator: "\n"))

      Peakline \(peaklineVersion) has these names, but not the commands yet.
      """
  }
}
