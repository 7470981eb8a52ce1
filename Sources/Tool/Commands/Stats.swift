// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports

/// `peakline stats`: the totals of a capture.
struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the totals of a recording, and what allocates most.")

  @OptionGroup var options: CaptureOptions
  @OptionGroup var display: DisplayOptions

  @Argument(help: ArgumentHelp("The capture (default: the newest here).", valueName: "file"))
  var path: String?

  func run() throws {
    let path = try CaptureCommand.file(path)
    try CaptureCommand.show(.stats, of: path, .peak, options, display)
  }
}
