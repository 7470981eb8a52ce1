// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CaptureReader
import Glibc

/// `peakline record program …`: runs a program with the agent preloaded, and waits for its end; what it
/// starts is recorded as well.
struct Record: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Record a whole program and all that it starts: which lines hold the memory at the peak.",
    usage: "peakline record [options] [--] program [arguments …]",
    discussion: """
      EXAMPLES:
        peakline record python job.py --its-own --options
        peakline record job.py                 with the Python that Peakline is installed in
        peakline record -m package.module      the same for a module
        peakline record pytest tests/test_big.py
        peakline record --exact -o day.peakline ./run.sh
        peakline top                           its lines, live, while it runs
        peakline report                        what the newest recording says

      The program runs as it would without Peakline: same output, same exit status,
      same signals. The capture is written while it runs, so that it is there even
      if the program is killed, and may be read meanwhile. It does not grow with
      time, but with the number of different call paths.

      SAMPLING (the default) records one of each 512 KiB that are allocated, by
      chance, and costs a few percent. The height of the peak and its moment are
      counted all the same; what a line held there is an estimate, and reports
      say how good a one. EXACT (--exact) records every block, and every Python
      object: programs take about twice as long.

      ALL PROCESSES that the program starts are recorded too, Python or not, by fork
      or as programs of their own. While they run the capture is a folder, and one
      file when the program has ended. Reports tell how much all of them had in use
      together, and with --process PID what one of them had. What cannot be
      recorded (programs that are linked statically, or run as another user) is
      listed.
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

  @Option(
    help: ArgumentHelp(
      "Take the same samples again, where the program allocates the same (1 or more; "
        + "'setarch -R' keeps addresses the same).",
      valueName: "number"))
  var seed: Int?

  @Option(help: ArgumentHelp("The most that the capture may grow to.", valueName: "size"))
  var maxSize = ByteSize(bytes: 256 << 20)

  @Flag(help: "Leave the text of the program's lines out of the capture.")
  var noSource = false

  @Flag(name: .shortAndLong, help: "Replace a file that is there, and use any file system.")
  var force = false

  @Flag(name: .shortAndLong, help: "Do not say where the capture is.")
  var quiet = false

  @Argument(
    parsing: .captureForPassthrough,
    help: ArgumentHelp("The program and its arguments.", valueName: "program"))
  var command: [String] = []

  func validate() throws {
    if exact, sample != nil { throw ValidationError("--exact takes no --sample") }
    if let sample, sample.bytes < 1024 {
      throw ValidationError("--sample needs 1KiB or more; --exact records every block")
    }
    if exact, seed != nil { throw ValidationError("--exact takes no --seed") }
    if let seed, seed < 1 { throw ValidationError("--seed needs a number from 1 on") }
    if maxSize.bytes < 1 << 20 { throw ValidationError("--max-size needs 1MiB or more") }
    if program.isEmpty { throw ValidationError("name a program to record") }
    // What is no option of ours comes here too, as the program's name.
    if command[0] == "--help" || command[0] == "-h" { throw CleanExit.helpRequest(self) }
    if command[0].hasPrefix("-"), !["--", "-m"].contains(command[0]) {
      throw ValidationError("there is no option \(command[0])")
    }
  }

  /// Without the marker that ends the options.
  private var program: [String] {
    Array(command.first == "--" ? command.dropFirst() : command[...])
  }

  func run() throws {
    // The program's words are the last ones.
    let words = try withInterpreter(SystemText.commandLine().suffix(program.count))
    let path = try Files.program(named: words[0])
    if let obstacle = Suitability.obstacle(of: path) {
      throw Failure.cannotRecord(program: path.text, reason: obstacle)
    }
    let agent = try AgentFinder.find()
    let capture = try makeCapture(words)
    let watch = TreeWatch(folder: capture)
    let ending: Sealing.Exit
    do {
      watch.begin()
      ending = try ChildProcess.run(
        path, arguments: Array(words.dropFirst()),
        environment: environment(agent: agent, capture: capture))
    } catch {
      watch.end()
      TreeFolder.removeEmpty(capture)
      throw error
    }
    watch.end()
    finish(capture, ending)
    ChildProcess.end(as: ending)
  }

  /// A script or a module alone is run by the Python that belongs to Peakline.
  private func withInterpreter(_ program: ArraySlice<SystemText>) throws -> [SystemText] {
    let words = Array(program)
    let isScript = words[0].text.hasSuffix(".py") && !Files.isProgram(words[0])
    guard words[0] == "-m" || isScript else { return words }
    return [SystemText(try PythonFinder.current().find())] + words
  }

  /// Makes the capture's folder, of which the path is returned.
  private func makeCapture(_ words: [SystemText]) throws(Failure) -> String {
    let name = output ?? CaptureName.usual(for: words.map(\.text), at: time(nil))
    if !force, let kind = FileSystem.unsuitable(for: Files.directory(of: name)) {
      throw .cannotWrite(
        path: name,
        reason: "its folder is on \(kind), where a mapped file may be lost or wait: "
          + "name another place with -o, or insist with --force")
    }
    try TreeFolder.make(name, replacing: force)
    return name
  }

  private func environment(agent: String, capture: String) -> [SystemText] {
    let interval = exact ? 0 : (sample ?? ByteSize(bytes: 512 << 10)).bytes
    var variables = Files.environment().filter { !$0.hasPrefix("PEAKLINE_RECORD=") }
    let others =
      variables.first { $0.hasPrefix("LD_PRELOAD=") }?.bytes
      .dropFirst("LD_PRELOAD=".utf8.count) ?? []
    variables.removeAll { $0.hasPrefix("LD_PRELOAD=") }
    let rest = others.isEmpty ? [] : [UInt8(ascii: ":")] + others
    let order = "PEAKLINE_RECORD=\(interval):\(maxSize.bytes):\(seed ?? 0):"
    // The full path: the program may change its folder.
    let folder = capture.hasPrefix("/") ? [] : Files.workingFolder().bytes + [UInt8(ascii: "/")]
    return variables + [
      SystemText(bytes: Array("LD_PRELOAD=\(agent)".utf8) + rest),
      SystemText(bytes: Array(order.utf8) + folder + Array(capture.utf8)),
    ]
  }

  /// Makes one file of the folder, and says where it is.
  private func finish(_ capture: String, _ ending: Sealing.Exit) {
    guard !TreeFolder.captures(of: capture).isEmpty else {
      let wasRemoved = !Files.isFolder(capture)
      TreeFolder.removeEmpty(capture)
      write("peakline: " + Self.nothing(wasWritten: wasRemoved), to: STDERR_FILENO)
      return
    }
    // Without it the folder is read all the same, with the texts that are on the disk then.
    _ = try? Family.seal(path: capture, exit: ending, withSources: !noSource)
    if !quiet {
      let name = Files.name(of: capture)
      write(
        "peakline: recorded in \(name): see it with 'peakline report \(name)'", to: STDERR_FILENO)
    }
  }

  private static func nothing(wasWritten: Bool) -> String {
    wasWritten
      ? "what was recorded is lost: the capture was removed, or cut off, while the program ran"
      : "nothing was recorded: the program did not load the agent, or its allocator cannot be "
        + "counted ('peakline doctor' looks)"
  }
}
