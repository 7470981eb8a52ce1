// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import ArgumentParser
import CaptureReader
import Glibc
import Reports

/// `peakline growth`: what stacks held more from copy to copy; the pytest plugin asks it of tests that are
/// repeated.
struct ShowGrowth: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "growth",
    abstract: "Print as JSON which stacks held more each time in copies of a capture.",
    shouldDisplay: false)

  @Option(help: ArgumentHelp("Only what this thread allocated.", valueName: "name|number"))
  var thread: String?

  @Argument(help: ArgumentHelp("The copies, the oldest first.", valueName: "file"))
  var paths: [String]

  func run() throws {
    // Never empty: the parser asks for one at least.
    let last = paths.last ?? ""
    let view = try CaptureCommand.view(last, .end, Selection(thread: thread))
    let copies = try paths.map { path in try CaptureCommand.open(path) }
    let growth: Growth
    do throws(AnalysisFailure) {
      growth = try Growth(copies, view.account)
    } catch {
      throw Failure.analysis(error)
    }
    GrowthDocument(growth, view).json { write($0, to: STDOUT_FILENO) }
  }
}
