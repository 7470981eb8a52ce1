// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import MemorySeries

/// What is sampled, how often and where to: of `mprof run` and `mprof attach`.
struct SamplingOptions: ParsableArguments {
  static let known = [
    OptionWords.Option(long: "interval", short: "T", takesValue: true),
    OptionWords.Option(long: "include-children", short: "C"),
    OptionWords.Option(long: "multiprocess", short: "M"),
    OptionWords.Option(long: "backend", takesValue: true),
    OptionWords.Option(long: "output", short: "o", takesValue: true),
    OptionWords.Option(long: "append"),
    OptionWords.Option(long: "timeout", short: "t", takesValue: true),
    OptionWords.Option(long: "quiet", short: "q"),
    OptionWords.Option(long: "version"),
  ]

  @Option(
    name: [.customShort("T"), .long],
    help: ArgumentHelp("Seconds from sample to sample, 0.001 or more.", valueName: "seconds"))
  var interval = 0.1

  @Flag(
    name: [.customShort("C"), .long],
    help: "Sample the sum over the program and all processes that it starts.")
  var includeChildren = false

  @Flag(
    name: [.customShort("M"), .long],
    help: "Record each process that the program starts by itself.")
  var multiprocess = false

  @Option(
    help: ArgumentHelp(
      "What is sampled: rss (also called psutil or posix), pss (psutil_pss), uss (psutil_uss), swap.",
      valueName: "name"),
    transform: Self.measure)
  var backend = Measure.rss

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The recording (default: mprofile_ with date and time, .dat). A file that is there is replaced.",
      valueName: "file"))
  var output: String?

  @Flag(help: "Go on with a file that is there.")
  var append = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Stop sampling after so long; the program goes on.", valueName: "seconds"))
  var timeout: Double?

  @Flag(name: .shortAndLong, help: "Say nothing, unless something is wrong.")
  var quiet = false

  @Flag(help: ArgumentHelp("Print the version.", visibility: .hidden))
  var version = false

  func validate() throws {
    guard interval >= 0.001, interval < 1e9 else {
      throw ValidationError("--interval needs seconds, 0.001 or more")
    }
    if let timeout, !(timeout > 0 && timeout < 1e9) {
      throw ValidationError("--timeout needs a number of seconds")
    }
    if append, output == nil { throw ValidationError("--append goes with --output") }
  }

  private static func measure(_ word: String) throws -> Measure {
    if let measure = Measure(argument: word) { return measure }
    if word == "tracemalloc" || word == "heap" {
      throw ValidationError(
        "\(word) counts inside of one process: use 'python -m memory_profiler --backend \(word)'")
    }
    throw ValidationError(
      "there is no backend '\(word)': choose one of " + Measure.names.joined(separator: ", "))
  }

  /// Where to.
  ///
  /// A pipe is waited for until somebody reads it, or a signal ends that.
  func openFile(_ signals: inout SignalQueue) -> SeriesFile {
    guard let output else { return SeriesFile.openUsual() }
    var isSaid = false
    while true {
      let file = SeriesFile.open(output, append: append)
      guard file.lacksReader else { return file }
      if !isSaid { say("mprof: waiting for a reader of \(output)") }
      isSaid = true
      switch signals.next(before: Instant.now().advanced(by: 0.05))?.number {
      case let number? where [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(number):
        ChildProcess.end(as: .signal(number))
      case SIGTSTP?: signals.stop(by: SIGTSTP)
      default: break
      }
    }
  }

  /// What there is to say in the end of what could not be sampled or written.
  func losses(_ sampler: Sampler, _ file: SeriesFile) -> [String] {
    var sentences: [String] = []
    if sampler.tree.root == nil, sampler.tree.missed.isEmpty {
      sentences.append(
        "nothing could be sampled: /proc does not show the program (is it mounted, in this container, "
          + "and may it be read?)")
    }
    let missed = sampler.tree.missed.count
    if missed > 0 {
      sentences.append(
        "\(missed) process\(missed == 1 ? " was" : "es were") not sampled, at least for a time: only "
          + "\(Limits.files) files may be open, and each process takes two (see 'ulimit -Hn')")
    }
    if let loss = file.loss { sentences.append(loss) }
    return sentences
  }

  func sampler(_ tree: ProcessTree, hasLimit: Bool = false) -> Sampler {
    Sampler(
      tree, measure: backend, sumsTree: includeChildren, listsChildren: multiprocess,
      hasLimit: hasLimit)
  }

  /// What mprof does, on stdout as ever.
  func say(_ text: String) { if !quiet { write(text, to: STDOUT_FILENO) } }

  func sayHowOften() { say("mprof: Sampling memory every \(interval)s") }
}
