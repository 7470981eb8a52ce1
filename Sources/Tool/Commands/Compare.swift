// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `peakline compare …`: hands everything over to `python -m peakline compare …`.
///
/// The functions to compare run inside Pythons that one Python starts; it parses the arguments as
/// well, as for `peakline profile`.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run functions side by side and print what memory and time each takes.",
    helpNames: []
  )

  @Argument(parsing: .captureForPassthrough)
  var arguments: [String] = []

  func run() throws {
    let python = try PythonFinder.current().find()
    try Program.replaceThisProcess(
      with: python, arguments: ["-m", "peakline", "compare"] + arguments)
  }
}
