// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports

/// `peakline report FILE`: shows what `peakline profile --json FILE` wrote.
struct ShowReport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Show a report that was written as JSON: a table of lines, or a comparison.",
    discussion: """
      EXAMPLES:
        peakline profile --json lines.json script.py
        peakline report lines.json
        peakline report --columns line,increment,own-peak,code lines.json
        peakline report --html lines.json > lines.html

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

  @Option(
    help: "Colours: auto (in a terminal, unless NO_COLOR is set or TERM is dumb), always, never.")
  var color = ColorChoice.auto

  @Option(help: ArgumentHelp("The width to fit (default: the terminal's).", valueName: "cells"))
  var width: Int?

  @Option(
    help: ArgumentHelp("Sizes in MiB with so many decimals, 0 to 20.", valueName: "decimals"))
  var precision: Int?

  @Flag(help: "Write HTML, to be put into a page or looked at in a browser, instead of text.")
  var html = false

  @Argument(help: ArgumentHelp("The file; - is the standard input.", valueName: "file"))
  var path: String

  func validate() throws {
    if let width, !(20...10_000).contains(width) {
      throw ValidationError("--width needs a number of character cells, 20 to 10000")
    }
    if let precision, !(0...20).contains(precision) {
      throw ValidationError("--precision needs a number of decimals, 0 to 20")
    }
    if html, width != nil || color != .auto {
      throw ValidationError(
        "HTML has the width and the colours of its page: leave out --width and --color")
    }
  }

  func run() throws {
    let choice = try asked { () throws(ReportFailure) in
      try columns.map(ColumnChoice.init(names:)) ?? .usual
    }
    let json = try Files.contents(of: path)
    let text = try asked { () throws(ReportFailure) in
      try render(json, choice)
    }
    leave(with: 0, writing: text)
  }

  private func render(
    _ json: [UInt8], _ choice: ColumnChoice
  ) throws(ReportFailure) -> String {
    if html { return try Report.html(json: json, columns: choice, precision: precision) }
    let style = Terminal.current().style(color: color, width: width, precision: precision)
    return try Report.text(json: json, columns: choice, style: style)
  }

  /// What is asked of the module that renders, its failure as one of the tool's.
  private func asked<Answer>(
    _ question: () throws(ReportFailure) -> Answer
  ) throws(Failure) -> Answer {
    do {
      return try question()
    } catch {
      throw .report(error, path: path)
    }
  }
}

extension ColorChoice: ExpressibleByArgument {}
