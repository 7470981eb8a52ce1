// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import MemorySeries

/// `mprof export`: a recording for other programs.
struct MprofExport: MprofSubcommand {
  /// The forms.
  enum Form: String, CaseIterable, ExpressibleByArgument {
    case csv, json
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a recording as CSV or JSON, to the standard output or a file.",
    usage: "mprof export [number|file] --to csv|json [-o file]",
    discussion: """
      Memory is in MiB, time in seconds since the epoch. docs/format.md has the
      columns and the keys.

      EXAMPLES:
        mprof export --to csv > run.csv       the newest recording
        mprof export run.dat --to json -o run.json
      """)

  static let word = "export"
  static let knownOptions = [
    OptionWords.Option(long: "to", takesValue: true),
    OptionWords.Option(long: "output", short: "o", takesValue: true),
  ]

  @Option(help: "The form: csv or json.")
  var to: Form

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to (default: stdout).", valueName: "file"))
  var output: String?

  var profiles: [String] = []
  var others: [String] {
    get { profiles }
    set { profiles = newValue }
  }
  enum CodingKeys: CodingKey { case to, output }

  func run() throws {
    guard profiles.count <= 1 else {
      throw Failure.mprof(.usage(command: "export", sentence: "one recording at a time"))
    }
    guard
      let path = try profiles.first.map({ try ProfileFiles.named([$0])[0] })
        ?? ProfileFiles.all().last
    else { throw Failure.mprof(.noProfiles) }
    let series = try ProfileFiles.read(path)
    let bytes =
      switch to {
      case .csv: SeriesExport.csv(series)
      case .json: SeriesExport.json(series, file: path)
      }
    guard let output else {
      if write(bytes, to: STDOUT_FILENO) { return }
      let reason = unsafe String(cString: strerror(errno))
      throw Failure.mprof(.cannotWrite(path: "the standard output", reason: reason))
    }
    if let reason = Files.replace(output, with: bytes) {
      throw Failure.mprof(.cannotWrite(path: output, reason: reason))
    }
  }
}
