// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Reports

/// `peakline html`: a capture as a page to look at.
struct HTML: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "html",
    abstract: "Make a page of a capture, or of what changed between two, in one file.",
    discussion: """
      EXAMPLES:
        peakline html                          the newest capture here, as job.html beside job.peakline
        peakline html job.peakline -o report.html --open
        peakline html job.peakline --hide site-packages
        peakline html old.peakline new.peakline     what changed, as new-diff.html
        peakline html --process 4711 job.peakline

      The page is one file, which asks the network for nothing: send it, or keep it.
      Timeline, flame graph, sources and tables go together: a moment or a stretch of
      the timeline that is chosen is what all of them show. What is chosen stands in the
      page's address. At first the program's own lines are shown, with what libraries
      hold below them; "Libraries hidden" on the page opens those. More than 100,000 calls are folded into those that called them,
      the light ones first, and the page says so.

      Of two captures it shows what the second has more or less, as 'peakline diff' does:
      a line is the same in both if its file, its function and its text are.
      """
  )

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The page (default: the capture's name with .html, of two the second's with -diff.html; - is the "
        + "standard output).",
      valueName: "file"))
  var output: String?

  @Flag(help: "Open it in a browser.")
  var open = false

  @OptionGroup var filters: FilterOptions

  @Argument(
    help: ArgumentHelp(
      "The capture, or two: the one before and the one after; - is the standard input (default: the "
        + "newest here).", valueName: "file"))
  var paths: [String] = []

  func validate() throws {
    if open, output == "-" {
      throw ValidationError("--open needs a file: leave out -o -")
    }
    if paths.count > 2 {
      throw ValidationError("a page is of one capture or of two: name no more")
    }
    if paths == ["-", "-"] {
      throw ValidationError("the standard input is one capture: name a file for the other")
    }
  }

  func run() throws {
    let captures = paths.isEmpty ? [try CaptureCommand.file(nil)] : paths
    let target = output ?? Self.usualName(for: captures)
    if target != "-", captures.contains(where: { Files.areSame($0, target) }) {
      throw Failure.cannotWrite(path: target, reason: "it is the capture: name another file")
    }
    let page = try page(of: captures)
    let file = try OutputFile(target == "-" ? nil : target)
    file.write(Array(page.utf8))
    try file.close()
    if target == "-" { return }
    write("peakline: the page is \(target)", to: STDERR_FILENO)
    if open { try Browser.open(target) }
  }

  private func page(of captures: [String]) throws(Failure) -> String {
    let (selection, process) = (filters.selection, filters.process)
    guard captures.count == 2 else {
      return CapturePage.html(
        try CaptureCommand.view(captures[0], .peak, selection, process: process))
    }
    return CapturePage.html(
      DifferenceView(
        before: try Diff.part(captures[0], selection, process: process),
        after: try Diff.part(captures[1], selection, process: process), by: .peak))
  }

  /// The name of the capture, of two that of the second, with another ending.
  static func usualName(for captures: [String]) -> String {
    let ending = captures.count > 1 ? "-diff.html" : ".html"
    guard let path = captures.last, path != "-" else { return "capture" + ending }
    return (path.hasSuffix(".peakline") ? String(path.dropLast(".peakline".count)) : path) + ending
  }
}
