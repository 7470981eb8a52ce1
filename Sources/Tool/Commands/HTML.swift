// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Reports

/// `peakline html`: a capture as a page to look at.
struct HTML: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "html",
    abstract: "Make a page of a capture: timeline, flame graph, sources and tables, in one file.",
    discussion: """
      EXAMPLES:
        peakline html                          the newest capture here, as job.html beside job.peakline
        peakline html job.peakline -o report.html --open
        peakline html job.peakline --hide site-packages
        peakline html --process 4711 job.peakline

      The page is one file, which asks the network for nothing: send it, or keep it.
      Everything on it goes together: a moment or a stretch of the timeline that is
      chosen is what flame graph, sources and table show. What is chosen stands in the
      page's address. At first the program's own lines are shown, with what libraries
      hold below them; "Libraries hidden" on the page opens those. More than 100,000 calls are folded into those that called them,
      the light ones first, and the page says so.
      """
  )

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The page (default: the capture's name with .html; - is the standard output).",
      valueName: "file"))
  var output: String?

  @Flag(help: "Open it in a browser.")
  var open = false

  @OptionGroup var filters: FilterOptions

  @Argument(
    help: ArgumentHelp(
      "The capture; - is the standard input (default: the newest here).", valueName: "file"))
  var path: String?

  func validate() throws {
    if open, output == "-" {
      throw ValidationError("--open needs a file: leave out -o -")
    }
  }

  func run() throws {
    let path = try CaptureCommand.file(path)
    let target = output ?? Self.usualName(for: path)
    if target != "-", Files.areSame(path, target) {
      throw Failure.cannotWrite(path: target, reason: "it is the capture: name another file")
    }
    let view = try CaptureCommand.view(path, .peak, filters.selection, process: filters.process)
    let page = CapturePage.html(view)
    let file = try OutputFile(target == "-" ? nil : target)
    file.write(Array(page.utf8))
    try file.close()
    if target == "-" { return }
    write("peakline: the page is \(target)", to: STDERR_FILENO)
    if open { try Browser.open(target) }
  }

  /// The capture's name with another ending.
  static func usualName(for path: String) -> String {
    if path == "-" { return "capture.html" }
    let stem = path.hasSuffix(".peakline") ? String(path.dropLast(".peakline".count)) : path
    return stem + ".html"
  }
}
