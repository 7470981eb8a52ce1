// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports

/// `peakline stats`: the totals of a capture.
struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the totals of a recording, and what allocates most.")

  @OptionGroup var capture: CaptureArguments

  func run() throws { try capture.show(.stats, .peak) }
}
