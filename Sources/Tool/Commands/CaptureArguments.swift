// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import ArgumentParser
import Reports

/// What the commands take that read captures and nothing else.
struct CaptureArguments: ParsableArguments {
  @OptionGroup var options: CaptureOptions
  @OptionGroup var display: DisplayOptions

  @Argument(help: ArgumentHelp("The capture (default: the newest here).", valueName: "file"))
  var path: String?

  /// Prints a report of the capture that was named, or of the newest.
  func show(_ report: CaptureReport, _ when: When) throws(Failure) -> Never {
    try CaptureCommand.show(report, of: try CaptureCommand.file(path), when, options, display)
  }
}
