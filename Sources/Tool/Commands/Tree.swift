// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports

/// `peakline tree`: the calls that held the memory of a capture at its peak.
struct Tree: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the calls that hold the memory, as a tree.",
    discussion: """
      Each call with all that it calls. Branches with less than 1 % are counted,
      not shown.
      """
  )

  @Flag(help: "From the lines that hold to those that called them.")
  var reverse = false

  @Option(help: ArgumentHelp("Show so many levels (default: 60).", valueName: "levels"))
  var depth: Int?

  @OptionGroup var moment: MomentOptions
  @OptionGroup var capture: CaptureArguments

  func validate() throws {
    if let depth, !(1...200).contains(depth) {
      throw ValidationError("--depth needs a number of levels, 1 to 200")
    }
  }

  func run() throws {
    try capture.show(.tree(reverse: reverse, depth: depth), try moment.when())
  }
}
