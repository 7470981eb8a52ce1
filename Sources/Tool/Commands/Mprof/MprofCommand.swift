// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The seven commands of memory_profiler's `mprof`, in the order in which its help lists them, and ours.
enum MprofCommand: String, CaseIterable {
  case run, attach, rm, clean, list, plot, peak, export

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
    case .export: "write a recording as CSV or JSON"
    }
  }

  /// Whether `peakline run …` is the same as `mprof run …`.
  ///
  /// To attach to a process, and to export, are other things where a capture is meant.
  var isAlsoPeaklines: Bool { self != .attach && self != .export }

  /// What runs it.
  var implementation: any MprofSubcommand.Type {
    switch self {
    case .run: MprofRun.self
    case .attach: MprofAttach.self
    case .rm: MprofRemove.self
    case .clean: MprofClean.self
    case .list: MprofList.self
    case .plot: MprofPlot.self
    case .peak: MprofPeak.self
    case .export: MprofExport.self
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

      Examples:
        mprof run ./anything --its-own --options
        mprof run -C -T 0.01 python job.py     with its children, 100 times a second
        mprof peak                             the newest recording

      'mprof <command> --help' tells all about a command.
      """
  }
}
