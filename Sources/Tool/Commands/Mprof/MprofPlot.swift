// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import MemorySeries
import Reports

/// `mprof plot`: recordings as a picture in the terminal, a page, or a file.
struct MprofPlot: MprofSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Plot recordings.",
    usage: "mprof plot [options] [number|file …]",
    discussion: """
      Without a number or a file it is the newest recording of this directory. Several
      are drawn over one another, each from its own start.

      EXAMPLES:
        mprof plot                      here, and as a page to zoom in
        mprof plot -w 10,25 -s          ten to twenty-five seconds, with the slope
        mprof plot -o memory.svg 0 -1   the oldest and the newest, for a document
        mprof plot -f run.dat           calls of functions by their level

      The page is a file of its own beside you, named as the recording: it needs no
      network. PNG, PDF and other pictures are drawn by matplotlib, where that is
      installed: pip install 'peakline[plot]'. So is everything with --backend, which
      without -o opens matplotlib's window.
      """)

  static let word = "plot"
  static let knownOptions = [
    OptionWords.Option(long: "title", short: "t", takesValue: true),
    OptionWords.Option(long: "no-function-ts", short: "n"),
    OptionWords.Option(long: "output", short: "o", takesValue: true),
    OptionWords.Option(long: "window", short: "w", takesValue: true),
    OptionWords.Option(long: "flame", short: "f"),
    OptionWords.Option(long: "slope", short: "s"),
    OptionWords.Option(long: "backend", takesValue: true),
    OptionWords.Option(long: "color", takesValue: true),
    OptionWords.Option(long: "width", takesValue: true),
    OptionWords.Option(long: "print", takesValue: true),
    OptionWords.Option(long: "version"),
  ]

  /// What Python's side asks for.
  enum Printed: String, CaseIterable, ExpressibleByArgument {
    case text, page, fragment, svg
  }

  @Option(name: .shortAndLong, help: "A title, in place of the command that was run.")
  var title: String?

  @Flag(name: [.customShort("n"), .long], help: "Leave the calls of functions out.")
  var noFunctionTs = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write a picture of the kind that its name ends in: .html, .svg; .png, .pdf and more with "
        + "matplotlib.", valueName: "file"))
  var output: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Only this stretch, in seconds since the start.", valueName: "from,to"),
    transform: Self.window)
  var window: ClosedRange<Double>?

  @Flag(name: .shortAndLong, help: "Draw calls by their level on the stack.")
  var flame = false

  @Flag(name: .shortAndLong, help: "Fit a straight line to each recording.")
  var slope = false

  @Option(help: ArgumentHelp("Have matplotlib draw with this backend.", valueName: "name"))
  var backend: String?

  @Option(help: ArgumentHelp("Colours: auto, always, never.", valueName: "when"))
  var color: ColorChoice = .auto

  @Option(help: ArgumentHelp("Cells in a row of text.", valueName: "cells"))
  var width: Int?

  @Option(help: ArgumentHelp("Print it as text, page, fragment or svg.", visibility: .hidden))
  var print: Printed?

  @Flag(help: ArgumentHelp("Print the version.", visibility: .hidden))
  var version = false

  var others: [String] = []
  enum CodingKeys: CodingKey {
    case title, noFunctionTs, output, window, flame, slope, backend, color, width, print, version
  }

  func validate() throws {
    if let width, !(20...10_000).contains(width) {
      throw ValidationError("--width needs 20 to 10000 cells")
    }
  }

  private static func window(_ text: String) throws -> ClosedRange<Double> {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.drop { $0 == " " })
    }
    guard parts.count == 2, let from = parts[0], let to = parts[1], from.isFinite, to.isFinite,
      abs(from) < 1e12, abs(to) < 1e12, to - from >= 1e-6
    else {
      throw ValidationError("--window needs two times, the smaller first, as in 2,5")
    }
    return from...to
  }

  func run() throws {
    if version { leave(with: 0, printing: mprofVersion) }
    let kind = output.map { $0.split(separator: "/").last?.split(separator: ".").dropFirst().last }
    let isOurs =
      output == "-" || kind.map { ["html", "htm", "svg"].contains($0?.lowercased()) } ?? true
    guard backend == nil, isOurs else { try drawByMatplotlib() }
    let files = try recordings()
    if flame, files.count > 1 {
      throw Failure.mprof(
        .usage(command: "plot", sentence: "--flame draws one recording at a time: name one"))
    }
    if let output, files.contains(where: { Files.areSame($0, output) }) {
      throw Failure.mprof(.cannotWrite(path: output, reason: "it is the recording itself"))
    }
    let plot = try Plot(files: files, choice: choice(of: files)) { path throws(Failure) in
      let series = try ProfileFiles.read(path)
      guard series.peak != nil else { throw .mprof(.noSamples(path: path)) }
      return series
    }
    if !plot.showsAnything {
      write("mprof: nothing was recorded in that window", to: STDERR_FILENO)
    }
    if let print {
      try put(text(of: plot, as: print))
    } else if let output {
      let isPage = kind??.lowercased() != "svg"
      try save(isPage ? plot.page() : plot.svg(), as: output)
    } else {
      try show(plot, of: files)
    }
  }

  private func choice(of files: [String]) -> Plot.Choice {
    var choice = Plot.Choice()
    choice.title = title
    choice.window = window
    // Of several recordings the calls would lie over one another.
    choice.showsSpans = !noFunctionTs && files.count == 1
    choice.showsSlope = slope
    choice.isFlame = flame
    return choice
  }

  /// The files that are to be drawn; those that are not there are named, and left out.
  private func recordings() throws(Failure) -> [String] {
    guard !others.isEmpty else {
      guard print == nil else {
        guard let newest = ProfileFiles.all().last else { throw .mprof(.noProfiles) }
        return [newest]
      }
      return [try ProfileFiles.newest()]
    }
    var files: [String] = []
    for word in others {
      do throws(Failure) {
        files += try ProfileFiles.named([word])
      } catch {
        write("\(error)", to: STDERR_FILENO)
      }
    }
    guard !files.isEmpty else { Glibc.exit(255) }
    return files
  }

  private func text(of plot: Plot, as kind: Printed) -> String {
    switch kind {
    case .text: plot.text(style: style)
    case .page: plot.page()
    case .fragment: plot.fragment()
    case .svg: plot.svg()
    }
  }

  private var style: Style {
    Terminal.current().style(color: color, width: width, precision: nil)
  }

  private func save(_ text: String, as path: String) throws(Failure) {
    if path == "-" {
      try put(text)
    } else if let reason = Files.replace(path, with: Array(text.utf8)) {
      throw .mprof(.cannotWrite(path: path, reason: reason))
    }
  }

  /// Writes to the standard output; that its reader has gone is no failure.
  private func put(_ text: String) throws(Failure) {
    guard !write(Array(text.utf8), to: STDOUT_FILENO), errno != EPIPE else { return }
    let reason = unsafe String(cString: strerror(errno))
    throw .mprof(.cannotWrite(path: "the standard output", reason: reason))
  }

  /// The plot in the terminal, and the page for more.
  private func show(_ plot: Plot, of files: [String]) throws(Failure) {
    try put(plot.text(style: style, rows: Terminal.rowsOfPicture()))
    let path = Self.page(for: files[files.count - 1])
    let name = DisplayWidth.shown(path)
    if Files.isThere(path), !Self.isOurs(path) {
      write("mprof: no page was written: \(name) is there, and no plot", to: STDERR_FILENO)
    } else if let reason = Files.replace(path, with: Array(plot.page().utf8)) {
      write("mprof: no page was written: \(name): \(reason)", to: STDERR_FILENO)
    } else {
      write("\nTo zoom and point, open \(name)", to: STDOUT_FILENO)
    }
  }

  /// Whether a file is a page that was written here before.
  private static func isOurs(_ path: String) -> Bool {
    guard let bytes = Files.beginning(of: path, count: 512) else { return false }
    return String(decoding: bytes, as: UTF8.self).contains(Plot.pageMark)
  }

  /// In this folder, whatever folder the recording is in.
  private static func page(for file: String) -> String {
    let name = Files.name(of: file)
    let stem = name.hasSuffix(".dat") ? String(name.dropLast(4)) : name
    return stem + ".plot.html"
  }

  /// Python has the same options.
  private func drawByMatplotlib() throws -> Never {
    let python = try PythonFinder.current().find()
    var words = ["-m", "mprof._plot_command"]
    if let title { words += ["--title=\(title)"] }
    if noFunctionTs { words.append("--no-function-ts") }
    if let output { words += ["--output=\(output)"] }
    if let window { words += ["--window=\(window.lowerBound),\(window.upperBound)"] }
    if flame { words.append("--flame") }
    if slope { words.append("--slope") }
    if let backend { words += ["--backend=\(backend)"] }
    try Program.replaceThisProcess(with: python, arguments: words + ["--"] + others)
  }
}
