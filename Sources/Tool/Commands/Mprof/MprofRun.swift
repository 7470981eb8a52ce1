// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import MemorySeries

/// `mprof run`: runs a program and records its memory.
struct MprofRun: MprofSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a program and record its memory over time.",
    usage: "mprof run [options] program [arguments …]",
    discussion: """
      EXAMPLES:
        mprof run ./anything --its-own --options
        mprof run script.py                with the calls of decorated functions
        mprof run -C -T 0.01 make -j4      all processes together, 100 times a second
        mprof run -M -E ./workers.sh       each process; the program's exit status
        mprof run --limit 2GiB ./job       stopped when it needs more

      The options end where the program begins. The program has this terminal, and
      every signal that mprof gets. A peak between two samples is not lost: the
      kernel keeps the mark, and it is recorded with the next sample.

      EXIT STATUS: 0; with -E the program's, or 128 + n if signal n ended it; 124 if
      the limit did; 127 if there is no such program, 126 if it cannot be run; 1 if
      the recording could not be made.
      """)

  static let word = "run"
  static let endsAtProgram = true
  static let knownOptions =
    SamplingOptions.known + [
      OptionWords.Option(long: "python"),
      OptionWords.Option(long: "nopython"),
      OptionWords.Option(long: "exit-code", short: "E"),
      OptionWords.Option(long: "attach", short: "a"),
      OptionWords.Option(long: "limit", takesValue: true),
      OptionWords.Option(long: "with-python", takesValue: true),
    ]

  /// The status when the limit ended the program, as that of timeout(1) is.
  static let limitStatus: Int32 = 124

  @Flag(
    help: "The program is a Python script or module: record the calls of what @profile decorates.")
  var python = false

  @Flag(help: "A program that ends in .py is nothing special.")
  var nopython = false

  @Flag(name: [.customShort("E"), .long], help: "End with the program's exit status.")
  var exitCode = false

  @Flag(name: .shortAndLong, help: "The same as 'mprof attach'.")
  var attach = false

  @Option(
    help: ArgumentHelp(
      "Stop the program and all its processes when together they have more than that: SIGTERM, "
        + "and SIGKILL \(Int(Guardian.grace)) s later.", valueName: "size"))
  var limit: ByteSize?

  @Option(help: ArgumentHelp("The Python for scripts.", visibility: .hidden))
  var withPython: String?

  @OptionGroup var sampling: SamplingOptions

  var others: [String] = []
  enum CodingKeys: CodingKey {
    case python, nopython, exitCode, attach, limit, withPython, sampling
  }

  func validate() throws {
    if attach, exitCode {
      throw ValidationError(
        "only who starts a program learns its exit status: leave out -E or --attach")
    }
    if attach, limit != nil {
      throw ValidationError("--limit is for programs that mprof starts: leave it out")
    }
  }

  func run() throws {
    if sampling.version { leave(with: 0, printing: mprofVersion) }
    guard let first = others.first else {
      leave(with: 1, printing: "A program to run must be provided. Use -h for help")
    }
    if attach { try MprofAttach.attach(to: first, sampling) }
    Files.occupyStandardStreams()
    var signals = SignalQueue()
    // The program's words are the last ones.
    let words = Array(SystemText.commandLine().suffix(others.count))
    var command = try PythonCommand.command(
      for: words, isPython: python, isOrdinary: nopython, interpreter: withPython)
    if command.isPython, first.hasSuffix(".py"), !PythonCommand.isThere(words[0]) {
      throw Failure.mprof(.noProgram(first))
    }
    let path = try Files.programOfMprof(named: command.words[0])
    let file = sampling.openFile(&signals)
    sampling.sayHowOften()
    sampling.say("running new process")
    if command.isPython { sampling.say("running as a Python program...") }
    var writer = SeriesWriter()
    writer.command(command.words.map(\.text))
    if sampling.includeChildren, sampling.multiprocess { writer.includesChildren() }
    // At once, so that whatever the program appends comes after it.
    file.write(writer.bytes)
    writer.removeAll()
    command.stamp(
      into: file.isOpen ? file.path : nil, measure: sampling.backend,
      withChildren: sampling.includeChildren)
    try watch(start(path, command.words, signals, file), writer, signals, file)
  }

  private func start(
    _ path: SystemText, _ words: [SystemText], _ signals: SignalQueue, _ file: SeriesFile
  ) throws(Failure) -> StartedProgram {
    do throws(Failure) {
      return try StartedProgram(path, words: words, mask: signals.inheritedMask)
    } catch {
      file.discard()
      guard case .cannotStart(let program, let reason) = error else { throw error }
      throw .mprof(.cannotStart(program: program, reason: reason))
    }
  }

  private func watch(
    _ program: StartedProgram, _ writer: SeriesWriter, _ signals: SignalQueue, _ file: SeriesFile
  ) throws -> Never {
    Limits.allowManyFiles()
    // Where it cannot be seen, it is waited for all the same.
    let tree = System.procIsOurs ? ProcessTree(root: program.processID) : ProcessTree()
    var running = RunningProgram(
      program: program, file: file, interval: sampling.interval, timeout: sampling.timeout,
      signals: signals, sampler: sampling.sampler(tree, hasLimit: limit != nil), writer: writer,
      guardian: limit.map { Guardian(limit: Kibibytes($0.bytes / 1024)) })
    let outcome = running.watch()
    report(running)
    end(
      outcome, wasStopped: running.guardian?.report != nil,
      isLossy: file.loss != nil || running.sampler.tree.root == nil)
  }

  /// What there is to say in the end.
  private func report(_ running: RunningProgram) {
    var sentences: [String] = []
    if let report = running.guardian?.report { sentences.append(report.sentence) }
    if let unseen = running.sampler.unseen {
      sentences.append(
        "a process that no sample saw, or the program at its very end, had at most "
          + unseen.text)
    }
    if running.sampler.tree.root == nil {
      if let limit = running.guardian?.limit {
        sentences.append("nobody saw to the limit of \(limit.text)")
      }
    } else if running.sampler.samples == 0, [.pss, .uss].contains(sampling.backend) {
      sentences.append(
        "no sample was taken: the program ended too soon, or its \(sampling.backend) may not be read"
      )
    }
    sentences += sampling.losses(running.sampler, running.file)
    for sentence in sentences { write("mprof: \(sentence)", to: STDERR_FILENO) }
  }

  private func end(
    _ outcome: RunningProgram.Outcome, wasStopped: Bool, isLossy: Bool
  ) -> Never {
    if wasStopped { Glibc.exit(Self.limitStatus) }
    if exitCode, let status = outcome.ending?.shellStatus {
      if status != 0 {
        write(
          "ERROR:mprof:Program resulted with a non-zero exit code: \(status)", to: STDERR_FILENO)
      }
      Glibc.exit(status)
    }
    // Whoever interrupts mprof means the program: a shell's loop around both must end, too.
    if case .signal(let number)? = outcome.ending, outcome.handedOn.contains(number) {
      ChildProcess.end(as: .signal(number))
    }
    Glibc.exit(isLossy ? 1 : 0)
  }
}
