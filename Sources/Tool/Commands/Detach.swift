// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// `peakline detach pid`: ends what `peakline attach` has begun in a process.
struct Detach: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "End the recordings that 'peakline attach' has begun in a process.",
    usage: "peakline detach [options] pid",
    discussion: """
      The captures are complete then, and the process goes on. An attach that waits
      for one of them ends, too.
      """
  )

  @Flag(name: .shortAndLong, help: "Do not say where the captures are.")
  var quiet = false

  @OptionGroup var options: AttachOptions

  func run() throws {
    // Nothing may end this command while a thread of the process stands still.
    var signals = SignalQueue()
    let recordings = try options.recordings()
    let captures = try asked { () throws(AttachFailure) in try recordings.end(nil, &signals) }
    if captures.isEmpty { throw Failure.notAttached(Int(recordings.process.number)) }
    for capture in captures {
      try? AttachedRecording.seal(capture)
      if !quiet {
        write(
          "peakline: recorded in \(capture): see it with 'peakline report \(capture)'",
          to: STDERR_FILENO)
      }
    }
  }
}
