// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import ArgumentParser
import Glibc
import Reports

/// `peakline top [PID|FILE]`: the live view of a recording.
struct Top: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch a running recording: its lines, live in the terminal.",
    discussion: """
      EXAMPLES:
        peakline record python job.py &        records it, in the background
        peakline top                           the newest recording into this folder
        peakline top $!                        a recorded process, by its number; or
        peakline top job.peakline              by the file that it is recorded into
        peakline top --sort now --filter mypkg
        peakline top --once                    one look at it, as text, for scripts

      A process is recorded by 'peakline record', 'peakline attach' or, in Python,
      peakline.record(). The number may also be that of whoever started it. Looking
      only reads: the program notices nothing, and goes on when you quit.

      THE SCREEN shows what is in use, the picture of it over time, and the lines:
      what of each is in use now, was at the peak, and was allocated in all. When the
      recording ends, the last figures stay, and how it ended is said.

      KEYS: arrows choose a line, enter shows the calls on which it holds most; s
      and 1 to 4 sort, / filters, p pauses, + and - change how often it looks, i says
      what limits the figures, h lists all keys, q quits.

      A large capture is looked at less often, so that looking takes no more than a
      fifth of the time. Where the output is no terminal, it is one look as text, as
      with --once; with --json it is what 'peakline report --json' says.
      """
  )

  @Option(help: "The figure that lines are sorted by, what is largest first.")
  var sort = LiveSort.peak

  @Option(
    help: ArgumentHelp(
      "Only lines that have this in their place, function or code.", valueName: "text"))
  var filter = ""

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("From one look to the next (0.5s, 2s, 1min).", valueName: "time"))
  var interval = "1s"

  @Flag(help: "Look once, print it as text, and end.")
  var once = false

  @Flag(help: "Draw with ASCII alone.")
  var ascii = false

  @OptionGroup var options: CaptureOptions
  @OptionGroup var display: DisplayOptions

  @Argument(
    help: ArgumentHelp(
      "The process's number, or the capture (default: the newest recording here).",
      valueName: "pid|file"))
  var subject: String?

  /// How long a recording is waited for that may be about to begin, in seconds.
  private static let patience = 1.0

  func validate() throws {
    guard let seconds = MomentOptions.seconds(interval), (0.05...86_400).contains(seconds) else {
      throw ValidationError("--interval needs a time from 50ms on, such as 0.5s, 2s or 1min")
    }
    if subject == "-" {
      throw ValidationError(
        "the standard input cannot be looked at again: name a process or a file")
    }
    if options.process != nil {
      throw ValidationError("name the process, or its capture, instead of --process")
    }
  }

  func run() throws {
    let (found, note) = try Self.patiently { () throws(Failure) in try find() }
    if options.json {
      try CaptureCommand.show(.summary, of: found.path, .peak, options, display)
    }
    var watched = WatchedCapture(
      found.path, writtenBy: found.processID, selection: options.selection)
    var sights = LiveSights(note: note)
    let look = try Self.patiently { () throws(Failure) in try first(&watched, &sights) }
    let terminal = Terminal.current()
    guard terminal.canBeDrawnOn, !once else {
      let style = style(display.style)
      leave(
        with: 0,
        writing: LiveSnapshot.text(look, sort: sort, filter: filter, style: style))
    }
    let size = LiveTerminal.size()
    var model = LiveModel(
      sort: sort, filter: filter, pace: LivePace(every: MomentOptions.seconds(interval) ?? 1),
      style: style(display.style), columns: display.width ?? size.columns, rows: size.rows)
    model.show(look)
    var loop = LiveLoop(model, sights, watched, width: display.width)
    loop.run()
  }

  private func style(_ style: Style) -> Style {
    var style = style
    if ascii { (style.unicode, style.bars) = (false, false) }
    return style
  }

  /// The recording that is meant, and what is to be said of the choice.
  private func find() throws(Failure) -> (found: (path: String, processID: pid_t?), note: String?) {
    guard let subject else {
      let newest = try RecordingFinder.newestHere()
      return ((newest.path, newest.processID), nil)
    }
    guard let number = pid_t(subject), number > 0, !Files.isThere(subject) else {
      return ((subject, nil), nil)
    }
    let all = try RecordingFinder.recordings(of: number)
    guard let newest = all.first else { throw .top(.notRecorded(number)) }
    let others = all.dropFirst().map(\.path).joined(separator: ", ")
    let note =
      others.isEmpty
      ? nil
      : "There are \(all.count) recordings; this is the newest, \(newest.path). Also: \(others)"
    return ((newest.path, newest.processID), note)
  }

  private func first(
    _ watched: inout WatchedCapture, _ sights: inout LiveSights
  ) throws(Failure) -> LiveLook {
    switch watched.look() {
    case .figures(let capture, let account, let ending):
      return sights.look(capture, account, ending)
    case .unchanged: throw .top(.noneHere)
    case .failure(let failure): throw failure
    }
  }

  /// Tries again for a while where a recording may not have begun yet.
  private static func patiently<Answer>(
    _ question: () throws(Failure) -> Answer
  ) throws(Failure) -> Answer {
    let end = Instant.now().advanced(by: patience)
    while true {
      do {
        return try question()
      } catch {
        switch error {
        case .top(.notRecorded), .capture(.empty, _): break
        default: throw error
        }
        if Instant.now() >= end { throw error }
      }
      usleep(50_000)
    }
  }
}

extension LiveSort: ExpressibleByArgument {}
