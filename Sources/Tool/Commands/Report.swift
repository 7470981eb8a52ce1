// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import ArgumentParser
import Reports

/// `peakline report [FILE]`: shows a capture, or what `peakline profile --json FILE` wrote.
struct ShowReport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Show what was recorded: a capture, or a report that was written as JSON.",
    discussion: """
      EXAMPLES:
        peakline report                        the newest capture of this folder
        peakline report job.peakline --hide site-packages
        peakline profile --json lines.json script.py
        peakline report lines.json
        peakline report --columns line,increment,own-peak,code lines.json
        peakline report --html lines.json > lines.html

      OF A CAPTURE: how high the peak was and when, which lines held it, and on
      which calls. 'peakline lines', 'tree', 'leaks' and 'stats' show more. The
      options --json, --only, --hide, --thread, --process, --at and --window are for
      captures; --columns and --html for JSON.

      Sizes are in the unit that suits each (1 KiB is 1024 bytes). In a terminal,
      bars and colours show what is large, and the text of a line is cut at the
      edge; anywhere else rows are plain and whole. A line that did not run has
      no figures.

      THE COLUMNS of a table of lines. Those from own-peak to count, and python,
      requested and others, need the heap backend.
      \(Column.help(width: 76))

      THE SENTENCE above a table names what matters in it. THE SUM below it adds
      up the lines; it is left out where a function calls itself, since an inner
      call is in the lines of the outer one as well.

      IN A COMPARISON each figure is the median of the runs, the least and the
      most below it. 'best' is lower in every run than all others; where runs
      overlap no winner is named. Below it stand the lines of alternatives, where
      the report has them.

      HTML (--html) is one <div> with a style of its own, to be put into a page or
      a notebook; any browser shows it as it is. It needs no network, runs no
      script, and is light or dark as its surroundings. The page decides its width
      and colours, so that --width and --color do not go with it.
      """
  )

  @Option(
    help: ArgumentHelp(
      "The columns of the table, with commas between, or all.", valueName: "name,name,…"))
  var columns: String?

  @Flag(help: "Write HTML, to be put into a page or looked at in a browser, instead of text.")
  var html = false

  @OptionGroup var moment: MomentOptions
  @OptionGroup var options: CaptureOptions
  @OptionGroup var display: DisplayOptions

  @Argument(
    help: ArgumentHelp(
      "The file; - is the standard input (default: the newest capture here).", valueName: "file"))
  var path: String?

  func validate() throws {
    if html, display.width != nil || display.color != .auto {
      throw ValidationError(
        "HTML has the width and the colours of its page: leave out --width and --color")
    }
  }

  func run() throws {
    let path = try CaptureCommand.file(path)
    if path != "-", isCapture(path) { try showCapture(path) }
    let choice = try asked(path) { () throws(ReportFailure) in
      try columns.map(ColumnChoice.init(names:)) ?? .usual
    }
    let json = try Files.contents(of: path)
    if Capture.isCapture(json) { try showCapture(path, json) }
    if let option = captureOption { throw Failure.onlyForCaptures(option: option) }
    let text = try asked(path) { () throws(ReportFailure) in
      try render(json, choice)
    }
    leave(with: 0, writing: text)
  }

  private func isCapture(_ path: String) -> Bool {
    if Files.isFolder(path) { return true }
    guard let bytes = Files.beginning(of: path, count: 8) else { return false }
    // One that has room, and nothing in it yet.
    let isBlank = bytes.allSatisfy { $0 == 0 } && path.hasSuffix(".peakline")
    return Capture.isCapture(bytes) || isBlank
  }

  /// `bytes`: what was read of it already.
  private func showCapture(_ path: String, _ bytes: [UInt8]? = nil) throws -> Never {
    if html {
      throw Failure.notForCaptures(option: "--html", instead: "leave it out, or use --json")
    }
    if columns != nil {
      throw Failure.notForCaptures(
        option: "--columns", instead: "leave it out, or see 'peakline lines'")
    }
    try CaptureCommand.show(
      .summary, of: path, bytes: bytes, try moment.when(), options, display)
  }

  /// An option that only captures have, if one was given.
  private var captureOption: String? {
    if options.json { return "--json" }
    if !options.filters.only.isEmpty { return "--only" }
    if !options.filters.hide.isEmpty { return "--hide" }
    if options.filters.thread != nil { return "--thread" }
    if options.filters.process != nil { return "--process" }
    return moment.at != nil ? "--at" : moment.window != nil ? "--window" : nil
  }

  private func render(
    _ json: [UInt8], _ choice: ColumnChoice
  ) throws(ReportFailure) -> String {
    if html { return try Report.html(json: json, columns: choice, precision: display.precision) }
    return try Report.text(json: json, columns: choice, style: display.style)
  }

  /// What is asked of the module that renders, its failure as one of the tool's.
  private func asked<Answer>(
    _ path: String, _ question: () throws(ReportFailure) -> Answer
  ) throws(Failure) -> Answer {
    do {
      return try question()
    } catch {
      throw .report(error, path: path)
    }
  }
}

extension ColorChoice: ExpressibleByArgument {}
