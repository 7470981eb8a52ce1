// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports

/// `peakline leaks`: what was live at the end of a capture.
struct Leaks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what was live at the end, by line, with stacks.")

  @OptionGroup var capture: CaptureArguments

  func run() throws { try capture.show(.leaks, .end) }
}
