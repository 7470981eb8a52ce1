// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CaptureReader

/// `peakline join`: captures that were made apart become one, as of the processes of one program.
struct Join: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make one capture of several, as of the processes of one program.",
    discussion: """
      EXAMPLES:
        peakline join -o all.peakline node1.peakline node2.peakline
        peakline report all.peakline           what all of them held together
        peakline report all.peakline --process 4711

      The captures may come from several machines, whose clocks should agree. When all
      had most in use together is found from their timelines, so that this peak is
      right to within a step of these; reports say by how much it may have been lower.
      """
  )

  @Option(name: .shortAndLong, help: ArgumentHelp("The capture to write.", valueName: "file"))
  var output: String

  @Flag(name: .shortAndLong, help: "Replace a file that is there.")
  var force = false

  @Argument(help: ArgumentHelp("The captures.", valueName: "file"))
  var captures: [String]

  func run() throws {
    if Files.isFolder(output) {
      throw Failure.cannotWrite(path: output, reason: "it is a folder: name a file")
    }
    if !force, Files.isThere(output) {
      throw Failure.cannotWrite(
        path: output, reason: "it is there already: name another file, or replace it with --force")
    }
    do throws(FamilyJoining.Failed) {
      try FamilyJoining.join(captures, to: output)
    } catch {
      if case .isFolder = error.failure {
        throw Failure.cannotJoinFolder(error.path)
      }
      throw Failure.capture(error.failure, path: error.path)
    }
  }
}
