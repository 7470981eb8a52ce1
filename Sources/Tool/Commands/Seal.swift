// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CaptureReader

/// `peakline seal`: completes and packs a capture whose process has ended; `peakline record` does it by
/// itself.
struct Seal: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put the texts of its lines, and how the process ended, into a capture, and pack it.",
    shouldDisplay: false)

  @Option(help: ArgumentHelp("What the process returned.", valueName: "status"))
  var exitStatus: Int32?

  @Option(help: ArgumentHelp("The signal that killed the process.", valueName: "number"))
  var signal: Int32?

  @Flag(help: "Leave the texts out.")
  var noSource = false

  @Option(
    help: ArgumentHelp(
      "Texts that are on no disk, three for each file, ended by zero bytes: its name, the name to "
        + "show or nothing, its lines (- is the standard input).", valueName: "file"))
  var given: String?

  @Option(help: ArgumentHelp("What stands in place of the command line.", valueName: "text"))
  var title: String?

  @Argument(help: ArgumentHelp("The capture.", valueName: "file"))
  var path: String

  func validate() throws {
    if exitStatus != nil, signal != nil {
      throw ValidationError("a process returns or is killed: leave out --exit-status or --signal")
    }
  }

  func run() throws {
    let exit = exitStatus.map(Sealing.Exit.status) ?? signal.map(Sealing.Exit.signal)
    let sources = GivenSources(try given.map(Files.contents) ?? [])
    do throws(CaptureFailure) {
      try Sealing.seal(
        path: path, exit: exit, withSources: !noSource, given: sources, title: title)
    } catch {
      throw Failure.capture(error, path: path)
    }
  }
}
