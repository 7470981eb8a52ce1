// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The executable's root command, and the one place where errors become words and exit codes.
///
/// Under its second name, `mprof`, the same executable is memory_profiler's seven commands: the
/// wheel's `mprof` script runs `peakline mprof`.
@main
struct Peakline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peakline",
    abstract: "Shows which lines of a Python program cost memory.",
    discussion: """
      EXAMPLES:
        peakline profile -f load script.py     the lines of load() in script.py
        peakline profile -f 'Model.*' -m app   every method of Model in module app
        peakline profile --json o.json app.py  the figures alone; to look at them:
        peakline report o.json
        peakline record python job.py          the whole program; what held its peak
        peakline html --open                   what was recorded, as a page to look at
        peakline attach 4711                   the same of a Python that runs already
        peakline top                           a recording that is going on, live
        peakline run ./anything                any program's memory over time; then:
        peakline plot
        peakline diff a.peakline b.peakline    what changed between two recordings
        peakline compare app:old app:new       two functions of app.py, side by side
        peakline doctor                        is everything in place here?

      To see one function, decorate it with @profile (from peakline import profile).
      """,
    version: "peakline \(peaklineVersion)",
    subcommands: [
      Profile.self, Record.self, Attach.self, Detach.self, Compare.self, ShowReport.self, HTML.self,
      Top.self,
      Lines.self, Tree.self, Leaks.self, Stats.self, Diff.self, JudgeGrowth.self, Export.self,
      Join.self, Seal.self, ShowGrowth.self, Doctor.self, Mprof.self,
    ]
  )

  /// Parses, runs, and answers with an exit code: 0, 2 for wrong usage, else the failure's own.
  static func main() {
    do {
      let words = SystemText.commandLine().map(\.text).dropFirst()
      // mprof has words of its own; to parse those of all commands takes longer than some programs run.
      if words.first == "mprof" {
        try Mprof.perform(Array(words.dropFirst()))
      } else if let word = words.first, MprofCommand(rawValue: word)?.isAlsoPeaklines == true {
        try Mprof.perform(Array(words))
      } else {
        var command = try parseAsRoot(Array(words))
        try command.run()
      }
    } catch let failure as Failure {
      leave(with: failure.exitCode, saying: "\(failure)")
    } catch {
      report(error)
    }
  }

  /// Help and versions go to stdout and are a success; wrong usage is one sentence on stderr.
  private static func report(_ error: any Error) -> Never {
    switch exitCode(for: error) {
    case .success:
      leave(with: 0, printing: fullMessage(for: error))
    case .validationFailure:
      let sentence = message(for: error).split(separator: "\n").first ?? "wrong usage"
      leave(with: 2, saying: "peakline: \(sentence) (see 'peakline --help')")
    case let other:
      leave(with: other.rawValue, saying: message(for: error))
    }
  }
}
