// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import ArgumentParser
import Glibc
import Reports

/// `peakline diff BEFORE AFTER`: what is different between two captures.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what changed from one capture to another, by line and by stack.",
    discussion: """
      EXAMPLES:
        peakline diff old.peakline new.peakline
        peakline diff old.peakline new.peakline --figure live --stacks
        peakline diff main.peakline branch.peakline --markdown --fail-above 5%

      A line is the same in both if its file, its function and its text are: it may
      stand further down, and its function in another folder's file of the same
      name. Where a text is on several lines they are paired in order; where none is
      known, by number. What has no counterpart is new or gone; so is all of a file
      that was renamed. Call paths are the same if all their lines are.

      OF SAMPLED CAPTURES each change has its standard error, the root of the sum of
      both squares; a change of no more than two of these is within the error.

      --fail-above judges the whole process, whatever lines are shown: the height
      of the peak, or all of what --figure names. These are counted, not estimated,
      in sampled captures too.

      'peakline html BEFORE AFTER' makes a page of it, to look at in a browser.

      EXIT STATUS: 0; 3 if the figure grew by more than --fail-above; 1 or 2 if there
      is nothing to compare.
      """
  )

  @Option(
    help: ArgumentHelp(
      "What is compared: peak, live (at the end), allocated or allocations.", valueName: "name"))
  var figure = Figure.peak

  @Flag(help: "Show the call paths that changed most as well as the lines, with what they had.")
  var stacks = false

  @Option(help: ArgumentHelp("So many lines and stacks.", valueName: "number"))
  var limit: Int?

  @Flag(help: "All lines and stacks that changed.")
  var all = false

  @Flag(help: "Write Markdown: tables for a pull request.")
  var markdown = false

  @Option(
    help: ArgumentHelp(
      "End with status 3 if the figure grew by more (5%, 10MiB; 2000 for allocations).",
      valueName: "growth"))
  var failAbove: AllowedGrowth?

  @OptionGroup var options: CaptureOptions
  @OptionGroup var display: DisplayOptions

  @Argument(help: ArgumentHelp("The capture that is compared with.", valueName: "before"))
  var before: String

  @Argument(help: ArgumentHelp("The capture that is asked about.", valueName: "after"))
  var after: String

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit needs a number from 1 on") }
    if limit != nil, all {
      throw ValidationError("--limit and --all go one by one: leave one of them out")
    }
    if options.json, markdown {
      throw ValidationError("--json and --markdown go one by one: leave one of them out")
    }
    if markdown, display.width != nil || display.color != .auto {
      throw ValidationError(
        "Markdown has the width and the colours of its page: leave out --width and --color")
    }
    if before == "-", after == "-" {
      throw ValidationError("the standard input is one capture: name a file for the other")
    }
    if let failAbove, failAbove.isBareNumber, figure.isBytes {
      throw ValidationError("--fail-above needs a unit: 5% or 5MiB")
    }
    if let failAbove, failAbove.hasUnit, !figure.isBytes {
      throw ValidationError("--fail-above needs a number or a percentage for allocations, as in 5%")
    }
  }

  func run() throws {
    let view = DifferenceView(
      before: try Self.part(before, options.selection, process: options.process),
      after: try Self.part(after, options.selection, process: options.process), by: figure)
    let report = DifferenceReport(
      limit: all ? .max : limit, stacks: stacks || all, allowance: failAbove?.allowance)
    let style = display.style
    if options.json {
      report.json(view) { write($0, to: STDOUT_FILENO) }
    } else {
      let text = markdown ? report.markdown(view, style: style) : report.text(view, style: style)
      write(Array(text.utf8), to: STDOUT_FILENO)
    }
    if let verdict = report.verdict(view, style: style), verdict.isFailed {
      throw Failure.grown(verdict.words)
    }
  }

  static func part(
    _ path: String, bytes: [UInt8]? = nil, _ selection: Selection, process: String? = nil
  ) throws(Failure) -> DifferenceView.Part {
    let name = path == "-" ? "the standard input" : path
    do {
      return DifferenceView.Part(
        name: name,
        capture: try CaptureCommand.view(path, bytes: bytes, .peak, selection, process: process))
    } catch .analysis(let failure, _) {
      throw .analysis(failure, of: name)
    }
  }
}

extension Figure: ExpressibleByArgument {}
