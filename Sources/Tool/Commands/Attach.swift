// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// `peakline attach pid`: records a Python that was started without Peakline, and waits.
struct Attach: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record a Python process that is running already, by its number.",
    usage: "peakline attach [options] pid",
    discussion: """
      EXAMPLES:
        peakline attach 4711                   until it ends, or Ctrl-C
        peakline attach --duration 60 4711     for a minute
        peakline attach --exact -o a.peakline 4711
        peakline top 4711                      its lines, live
        peakline report                        what it says, also meanwhile
        peakline detach 4711                   ends it from elsewhere

      The process goes on as before: one thread of it stands still, for about half a
      millisecond where a processor is free (the command says how long), and Python's
      code runs in it as soon as Python's lock is free, on a thread of its own that
      ends right after. Where native code keeps the lock, it is waited for
      (--timeout); if it does not come, nothing of ours will run there any more.

      Ctrl-C ends the recording, or the waiting for it, not the process. If this
      command is killed, the recording goes on, and 'peakline detach' ends it; so
      does the process's end.
      What the process had in use before counts as 'before the recording'.

      It takes the right to trace the process: the same user's, and where
      kernel.yama.ptrace_scope is 1 or in a container root, or CAP_SYS_PTRACE.
      The counting of the heap stays in the process to its end, at 2 to 4 % of its
      time. CPython 3.10 and later, with glibc, on x86-64.
      """
  )

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The capture (default: the program's name with date and time, .peakline).",
      valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Bytes from sample to sample, in the mean.", valueName: "size"))
  var sample: ByteSize?

  @Flag(help: "Record every block.")
  var exact = false

  @Option(help: ArgumentHelp("The most that the capture may grow to.", valueName: "size"))
  var maxSize = ByteSize(bytes: 256 << 20)

  @Option(help: ArgumentHelp("End the recording after so long.", valueName: "seconds"))
  var duration: Double?

  @Flag(name: .shortAndLong, help: "Do not say where the capture is.")
  var quiet = false

  @OptionGroup var options: AttachOptions

  func validate() throws {
    if exact, sample != nil { throw ValidationError("--exact takes no --sample") }
    if let sample, sample.bytes < 1024 {
      throw ValidationError("--sample needs 1KiB or more; --exact records every block")
    }
    if maxSize.bytes < 1 << 20 { throw ValidationError("--max-size needs 1MiB or more") }
    if let duration, !(0...1e8).contains(duration) {
      throw ValidationError("--duration needs a number of seconds from 0 on")
    }
  }

  func run() throws {
    // Nothing may end this command between the beginning of the recording and its end.
    var signals = SignalQueue()
    let recording = try options.recordings()
    let process = recording.process
    let name = output ?? CaptureName.usual(for: process.words, at: time(nil))
    let capture = try place(of: name, in: process)
    let interval = exact ? 0 : (sample ?? ByteSize(bytes: 512 << 10)).bytes
    let pause = try asked { () throws(AttachFailure) in
      try recording.begin(capture, interval: interval, limit: maxSize.bytes, &signals)
    }
    say(process, name, pause)
    var end = recording.wait(capture, &signals, duration: duration)
    if end != .ended && end != .processEnded {
      do throws(AttachFailure) {
        _ = try recording.end(capture, &signals)
      } catch {
        guard error.reason == .hasEnded || !process.isAlive else {
          throw Failure.notEnded(error, capture: name)
        }
        end = .processEnded
      }
    }
    try finish(capture, name, process, end)
    if case .signal(let number) = end, number != SIGINT { ChildProcess.end(as: .signal(number)) }
  }

  /// The capture's full path: the process has another folder.
  private func place(of name: String, in process: PythonProcess) throws(Failure) -> String {
    let folder = Files.directory(of: name)
    guard let full = Files.resolved(folder), Files.isFolder(folder) else {
      throw .cannotWrite(path: name, reason: "there is no folder '\(folder)': make it first")
    }
    if let kind = FileSystem.unsuitable(for: folder) {
      throw .cannotWrite(
        path: name,
        reason: "its folder is on \(kind), where a mapped file may be lost or wait: "
          + "name another place with -o")
    }
    try asked { () throws(AttachFailure) in try process.look(forFile: full) }
    return full + "/" + Files.name(of: name)
  }

  private func say(_ process: PythonProcess, _ name: String, _ pause: Double) {
    if quiet { return }
    let microseconds = Int((pause * 1e6).rounded())
    let end = duration == nil ? "Ctrl-C ends the recording; " : ""
    write(
      "peakline: process \(process.number) is being recorded, and stood still for \(microseconds) µs: "
        + "\(end)'peakline report \(name)' shows it meanwhile", to: STDERR_FILENO)
  }

  private func finish(
    _ capture: String, _ name: String, _ process: PythonProcess, _ end: AttachedRecording.End
  ) throws {
    guard Files.size(of: capture) > 0 else {
      throw Failure.cannotWrite(
        path: name, reason: "it was removed, or cut off, while the process was recorded")
    }
    // Without it the capture is read all the same, with the texts that are on the disk then.
    try? AttachedRecording.seal(capture)
    if quiet { return }
    let why = end == .processEnded ? "process \(process.number) has ended; " : ""
    write(
      "peakline: \(why)recorded in \(name): see it with 'peakline report \(name)'",
      to: STDERR_FILENO)
  }
}
