// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import ArgumentParser
import Glibc
import Reports

/// `peakline ci`: fails where memory has grown since a baseline that is kept.
struct JudgeGrowth: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ci",
    abstract: "Fail if tests, or a program, need more memory than a baseline that is kept.",
    discussion: """
      EXAMPLES:
        pytest --peakline-json memory.json
        peakline ci memory.json --baseline memory-baseline.json --update     once
        peakline ci memory.json --baseline memory-baseline.json              in CI
        peakline ci job.peakline --baseline baseline.peakline --fail-above 10%
        peakline ci … --summary "$GITHUB_STEP_SUMMARY"

      Of tests the peak of each is judged, by its id: more than --fail-above, and at
      least --ignore-below, fails. Tests that are new or gone are named, and fail
      nothing. Of captures the height of the peak is judged, as by 'peakline diff'.

      --update puts the new figures in the baseline's place, and fails nothing: keep
      that file in the repository.

      EXIT STATUS: 0; 3 if memory grew by more than is allowed, or if no test of the
      baseline was measured; 1 or 2 if there is nothing to compare.
      """
  )

  @Option(help: ArgumentHelp("The figures that are kept.", valueName: "file"))
  var baseline: String

  @Option(
    help: ArgumentHelp("How much more memory is allowed (5%, 10MiB, 0).", valueName: "growth"))
  var failAbove = AllowedGrowth.usual

  @Option(
    help: ArgumentHelp("Growth of a test that never fails: so little is chance.", valueName: "size")
  )
  var ignoreBelow = ByteSize(bytes: 64 << 10)

  @Flag(help: "Make the new figures the baseline.")
  var update = false

  @Option(
    help: ArgumentHelp("Append the report to a file, as Markdown.", valueName: "file"))
  var summary: String?

  @OptionGroup var display: DisplayOptions

  @Argument(
    help: ArgumentHelp(
      "The new figures: what 'pytest --peakline-json' wrote, or a capture.", valueName: "file"))
  var path: String

  func validate() throws {
    if path == "-", baseline == "-" {
      throw ValidationError("the standard input is one file: name a file for the other")
    }
    if failAbove.isBareNumber {
      throw ValidationError("--fail-above needs a unit: 5% or 5MiB")
    }
  }

  func run() throws {
    let bytes = try Files.contents(of: path)
    if update {
      try keep(bytes)
    } else if Capture.isCapture(bytes) {
      try judgeCapture(bytes)
    } else {
      try judgeTests(bytes)
    }
  }

  private func keep(_ bytes: [UInt8]) throws {
    if !Capture.isCapture(bytes) { _ = try document(bytes, path) }
    guard !Files.areSame(path, baseline) else {
      throw Failure.cannotWrite(path: baseline, reason: "it is the new figures: name another file")
    }
    let file = try OutputFile(baseline)
    file.write(bytes)
    try file.close()
    leave(with: 0, printing: "peakline: \(baseline) has the figures of \(path) now")
  }

  private func judgeTests(_ bytes: [UInt8]) throws {
    let judgement = TestRunJudgement(
      before: try document(try Files.contents(of: baseline), baseline),
      after: try document(bytes, path), failAbove.allowance, least: ignoreBelow.bytes,
      allowed: "\(failAbove.words) (and \(ignoreBelow.defaultValueDescription))")
    write(Array(judgement.text(style: display.style).utf8), to: STDOUT_FILENO)
    try append(judgement.markdown(style: display.style))
    if judgement.isFailed { throw Failure.grown(judgement.words) }
  }

  private func document(_ bytes: [UInt8], _ path: String) throws(Failure) -> TestRunDocument {
    do { return try TestRunDocument(json: bytes) } catch { throw .report(error, path: path) }
  }

  private func judgeCapture(_ bytes: [UInt8]) throws {
    let view = DifferenceView(
      before: try Diff.part(baseline, Selection()),
      after: try Diff.part(path, bytes: bytes, Selection()), by: .peak)
    let report = DifferenceReport(allowance: failAbove.allowance)
    write(Array(report.text(view, style: display.style).utf8), to: STDOUT_FILENO)
    try append(report.markdown(view, style: display.style))
    if let verdict = report.verdict(view, style: display.style), verdict.isFailed {
      throw Failure.grown(verdict.words)
    }
  }

  private func append(_ markdown: String) throws(Failure) {
    guard let summary else { return }
    let file = try OutputFile(appendingTo: summary)
    file.write(Array(markdown.utf8))
    try file.close()
  }
}
