// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports

/// `peakline leaks`: what was live at the end of a capture.
struct Leaks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what was live at the end, by line, with stacks.")

  @OptionGroup var options: CaptureOptions
  @OptionGroup var display: DisplayOptions

  @Argument(help: ArgumentHelp("The capture (default: the newest here).", valueName: "file"))
  var path: String?

  func run() throws {
    let path = try CaptureCommand.file(path)
    try CaptureCommand.show(.leaks, of: path, .end, options, display)
  }
}
