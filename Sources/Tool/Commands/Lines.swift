// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports

/// `peakline lines`: the source files of a capture, figures beside their lines.
struct Lines: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show source files with what each line holds.",
    discussion: """
      Beside each line: what it held at the peak, what it holds at the end, what it
      allocated, and how many blocks. Lines with less than 1 % of each are left out.
      """
  )

  @Flag(help: "Show all lines of the files.")
  var all = false

  @OptionGroup var moment: MomentOptions
  @OptionGroup var capture: CaptureArguments

  func run() throws { try capture.show(.lines(all: all), try moment.when()) }
}
