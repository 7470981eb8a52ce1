// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// Which process is attached to, and how long that may take.
struct AttachOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long to wait for a place where Python's code may run.", valueName: "seconds"))
  var timeout = 10.0

  @Argument(help: ArgumentHelp("The process.", valueName: "pid"))
  var pid: String

  func validate() throws {
    if !(0.1...86_400).contains(timeout) {
      throw ValidationError("--timeout needs a number of seconds, 0.1 to 86400")
    }
    if number == nil { throw ValidationError("'\(pid)' is no process: name one by its number") }
  }

  private var number: pid_t? { pid_t(pid).flatMap { $0 > 0 ? $0 : nil } }

  /// The process, if it can be attached to.
  func recordings() throws -> AttachedRecording {
    let agent = try AgentFinder.find()
    return try asked { () throws(AttachFailure) in
      let process = try PythonProcess(number ?? 0)
      try process.look(forAgent: agent)
      return AttachedRecording(
        process: process, package: Files.directory(of: agent), timeout: timeout)
    }
  }
}

/// What is asked of a process, its failure as one of the tool's.
func asked<Answer>(
  _ question: () throws(AttachFailure) -> Answer
) throws(Failure) -> Answer {
  do throws(AttachFailure) {
    return try question()
  } catch {
    throw .attach(error)
  }
}
