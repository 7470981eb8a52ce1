// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import ArgumentParser
import Reports

/// How text is laid out.
struct DisplayOptions: ParsableArguments {
  @Option(
    help: "Colours: auto (in a terminal, unless NO_COLOR is set or TERM is dumb), always, never.")
  var color = ColorChoice.auto

  @Option(help: ArgumentHelp("The width to fit (default: the terminal's).", valueName: "cells"))
  var width: Int?

  @Option(
    help: ArgumentHelp("Sizes in MiB with so many decimals, 0 to 20.", valueName: "decimals"))
  var precision: Int?

  func validate() throws {
    if let width, !(20...10_000).contains(width) {
      throw ValidationError("--width needs a number of character cells, 20 to 10000")
    }
    if let precision, !(0...20).contains(precision) {
      throw ValidationError("--precision needs a number of decimals, 0 to 20")
    }
  }

  var style: Style { Terminal.current().style(color: color, width: width, precision: precision) }
}

/// What of a capture is looked at, and in which form it is shown.
struct CaptureOptions: ParsableArguments {
  @Flag(help: "Print the figures as JSON (docs/format.md has the keys).")
  var json = false

  @OptionGroup var filters: FilterOptions

  var selection: Selection { filters.selection }
  var process: String? { filters.process }
}

/// What of a capture is looked at.
struct FilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only lines of these modules, files or functions ('mypkg.*'); what others hold counts with "
        + "the line that called them. May be given more than once.", valueName: "pattern"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp(
      "Without lines of these (site-packages): what they hold counts with the line that called "
        + "them. May be given more than once.", valueName: "pattern"))
  var hide: [String] = []

  @Option(help: ArgumentHelp("Only what this thread allocated.", valueName: "name|number"))
  var thread: String?

  @Option(
    help: ArgumentHelp(
      "Only this process of several, by itself: its number, 4711-2 for the second program that it "
        + "was, or its command ('*worker.py*').", valueName: "pid|pattern"))
  var process: String?

  var selection: Selection { Selection(only: only, hide: hide, thread: thread) }
}

/// Which moment of a recording is asked about.
struct MomentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What was held so long after the begin (12.5s, 90ms, 5min, 2h), from the timeline.",
      valueName: "time"))
  var at: String?

  @Option(
    help: ArgumentHelp(
      "What was held at the second moment more than at the first, from the timeline.",
      valueName: "from,to"))
  var window: String?

  func validate() throws {
    if at != nil, window != nil {
      throw ValidationError("--at and --window go one by one: leave one of them out")
    }
    _ = try when()
  }

  /// The moment; the peak if nothing is said.
  func when() throws -> When {
    if let at {
      guard let seconds = Self.seconds(at) else {
        throw ValidationError("--at needs a time such as 12.5s, 90ms, 5min or 2h")
      }
      return .at(seconds)
    }
    guard let window else { return .peak }
    let ends = window.split(separator: ",", omittingEmptySubsequences: false)
      .map { Self.seconds(String($0)) }
    guard ends.count == 2, let first = ends[0], let second = ends[1] else {
      throw ValidationError("--window needs two times with a comma between, as in 2s,5s")
    }
    return .window(first, second)
  }

  /// A time with its unit, in seconds; without a unit it is seconds.
  static func seconds(_ text: String) -> Double? {
    let text = text.filter { $0 != " " }
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let units = ["": 1, "s": 1, "ms": 0.001, "m": 60, "min": 60, "h": 3600, "d": 86_400]
    guard let value = Double(number), let unit = units[String(text.dropFirst(number.count))] else {
      return nil
    }
    return value * unit
  }
}
