// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `mprof plot`: drawn by matplotlib, for now, in the Python that Peakline is installed in.
///
/// This is the place where Peakline's own plots, in the terminal and as a page, will begin.
struct MprofPlot: MprofSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Plot recordings.", helpNames: [])

  static let word = "plot"
  static let knownOptions: [OptionWords.Option] = []
  var others: [String] {
    get { [] }
    set {}
  }

  /// Python has the options, `--help` included.
  static func perform(_ words: [String]) throws {
    let python = try PythonFinder.current().find()
    try Program.replaceThisProcess(with: python, arguments: ["-m", "mprof", "plot"] + words)
  }
}
