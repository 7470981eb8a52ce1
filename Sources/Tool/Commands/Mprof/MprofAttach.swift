// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import MemorySeries

/// `mprof attach`: records a process that is already running, until it ends.
struct MprofAttach: MprofSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "attach",
    abstract: "Record a process that is already running, by number or name.",
    usage: "mprof attach [options] pid|name",
    discussion: """
      Ends with the process, with --timeout, or with Ctrl-C; the process is only
      looked at. A name means the first process that has it in its own.

      EXAMPLES:
        mprof attach 4711
        mprof attach -C -T 1 postgres
      """)

  static let word = "attach"
  static let knownOptions = SamplingOptions.known

  @OptionGroup var sampling: SamplingOptions

  var others: [String] = []
  enum CodingKeys: CodingKey { case sampling }

  func run() throws {
    if sampling.version { leave(with: 0, printing: mprofVersion) }
    guard let hint = others.first else {
      leave(with: 1, printing: "A process to attach to must be provided (pid or name)")
    }
    guard others.count == 1 else {
      throw Failure.mprof(.usage(command: "attach", sentence: "one process at a time"))
    }
    try Self.attach(to: hint, sampling)
  }

  /// Records the process that a hint means.
  static func attach(to hint: String, _ sampling: SamplingOptions) throws -> Never {
    let process = try ProcessFinder.find(hint)
    if let obstacle = ProcessFinder.obstacle(process, sampling.backend) {
      throw Failure.mprof(obstacle)
    }
    Files.occupyStandardStreams()
    var signals = SignalQueue()
    sampling.sayHowOften()
    sampling.say("attaching to existing process, using hint: \(hint)")
    let file = sampling.openFile(&signals)
    var writer = SeriesWriter()
    let words = ProcessFinder.commandLine(of: process)
    writer.command(words.isEmpty ? [hint] : words)
    Limits.allowManyFiles()
    let tree = ProcessTree(root: process)
    guard tree.root != nil else {
      file.discard()
      throw Failure.mprof(.noProcess(hint))
    }
    var attached = AttachedProcess(
      file: file, interval: sampling.interval, timeout: sampling.timeout, signals: signals,
      sampler: sampling.sampler(tree), writer: writer)
    let signal = attached.watch()
    for sentence in sampling.losses(attached.sampler, file) {
      write("mprof: \(sentence)", to: STDERR_FILENO)
    }
    if let signal { ChildProcess.end(as: .signal(signal)) }
    Glibc.exit(file.loss == nil ? 0 : 1)
  }
}
