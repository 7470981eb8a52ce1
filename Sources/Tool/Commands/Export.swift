// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import ArgumentParser
import Exports
import Glibc

/// `peakline export`: a capture for other programs.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a capture for other programs: pprof, speedscope, flame graphs, tables.",
    discussion: """
      EXAMPLES:
        peakline export --to pprof -o job.pb
        peakline export job.peakline --to speedscope -o job.speedscope.json
        peakline export --to collapsed --value allocated > job.folded
        peakline export --to csv --only 'mypkg.*' > lines.csv

      THE FORMS:
        pprof       all values of all stacks; thread and process are labels
        speedscope  a profile for each value, or for that of --value alone
        collapsed   a row for each stack and one value, as flame graphs are made of
        csv         a row for each line
        json        what 'peakline report --json' prints

      The values are at-peak, live-at-end, allocated, temporary (what was freed
      before anything else was allocated), all in bytes, and allocations, a number.
      With --at or --window at-peak is what was held then, or the increase.
      docs/format.md has the keys and the columns.
      """
  )

  @Option(help: "The form.")
  var to: ExportForm

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to (default: stdout).", valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Which value stands first, or alone (default: at-peak).", valueName: "value"))
  var value: ExportValue?

  @OptionGroup var moment: MomentOptions
  @OptionGroup var filters: FilterOptions

  @Argument(
    help: ArgumentHelp(
      "The capture; - is the standard input (default: the newest here).", valueName: "file"))
  var path: String?

  func validate() throws {
    if value != nil, !to.hasValue {
      throw ValidationError("\(to.rawValue) has all values: leave out --value")
    }
    if value == .held, try moment.when().isFromTimeline {
      throw ValidationError(
        "--at and --window ask about another moment than the peak: leave out --value at-peak")
    }
  }

  func run() throws {
    let path = try CaptureCommand.file(path)
    if let output, Files.areSame(path, output) {
      throw Failure.cannotWrite(path: output, reason: "it is the capture: name another file")
    }
    if to.isBinary, output == nil, isatty(STDOUT_FILENO) == 1 {
      throw Failure.binaryToTerminal(form: to.rawValue)
    }
    let view = try CaptureCommand.view(
      path, try moment.when(), filters.selection, process: filters.process)
    let file = try OutputFile(output)
    let leftOut = to.write(view, value, by: "peakline \(peaklineVersion)") { file.write($0) }
    try file.close()
    if leftOut.stacks > 0 {
      leave(with: 0, saying: Self.sentence(leftOut))
    }
  }

  static func sentence(_ leftOut: LeftOut) -> String {
    let (stacks, verb) = leftOut.stacks == 1 ? ("stack", "is") : ("stacks", "are")
    return "peakline: \(leftOut.stacks) \(stacks) with less than nothing (\(leftOut.bytes) in all) "
      + "\(verb) left out, because flame graphs have no place for that; pprof, csv and json have it"
  }
}

extension ExportForm: ExpressibleByArgument {}
extension ExportValue: ExpressibleByArgument {}
