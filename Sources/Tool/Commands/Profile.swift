// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `peakline profile …`: hands everything over to `python -m peakline profile …`.
///
/// The program to profile has to run inside a Python, so that Python parses the arguments as well,
/// `--help` included: there is one parser, and both spellings of the command behave the same.
struct Profile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the line table of chosen functions of a script or module.",
    helpNames: []
  )

  @Argument(parsing: .captureForPassthrough)
  var arguments: [String] = []

  func run() throws {
    let python = try PythonFinder.current().find()
    try Program.replaceThisProcess(
      with: python, arguments: ["-m", "peakline", "profile"] + arguments)
  }
}
