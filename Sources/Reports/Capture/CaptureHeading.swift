// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What stands above every report of a capture: what ran, how it was recorded, how it ended.
struct CaptureHeading {
  private let view: CaptureView
  private let style: Style

  init(_ view: CaptureView, style: Style) {
    self.view = view
    self.style = style
  }

  func rows() -> [String] {
    let command = DisplayWidth.shown(view.capture.command)
    let title = command.isEmpty ? "a program whose name is not known" : command
    let limit = style.width ?? .max
    var rows = [
      Tone.bold.paint(DisplayWidth.fit(title, to: limit, mark: style.ellipsis), in: style)
    ]
    rows += DisplayWidth.wrap(about, to: style.width).map { Tone.quiet.paint($0, in: style) }
    let (text, tone) = ending
    rows += DisplayWidth.wrap(text, to: style.width).map { tone.paint($0, in: style) }
    if let killed = Processes(view).killed(style) {
      rows += DisplayWidth.wrap(killed, to: style.width).map { Tone.hot.paint($0, in: style) }
    }
    rows += chosen.flatMap { DisplayWidth.wrap($0, to: style.width) }
    return rows
  }

  /// How it is recorded.
  var about: String {
    let header = view.header
    var words = [Processes(view).subject]
    if let python = view.python { words.append(python) }
    words.append(
      view.isSampled ? "sampled every \(style.size(header.interval))" : "exact: every allocation")
    if header.startTime > 0 { words.append("began \(Style.date(header.startTime))") }
    return words.joined(separator: ", ")
  }

  /// How it ended, for people, and how loud that is.
  var ending: (text: String, tone: Tone) {
    let after = style.duration(view.capture.duration)
    switch view.ending {
    case .exited(0): return ("It ended after \(after).", .plain)
    case .exited(let status): return ("It ended with status \(status) after \(after).", .warm)
    case .killed(let signal):
      let reason = Self.reason(ofSignal: signal, "it")
      return ("It was killed by \(Self.name(ofSignal: signal)) after \(after).\(reason)", .hot)
    case .ended: return ("It ended after \(after).", .plain)
    case .stopped: return ("The recording was stopped after \(after); the program went on.", .plain)
    case .running:
      return ("It still runs: these are its figures after \(after).", .warm)
    case .withoutEnd:
      return (
        "The recording has no end after \(after): the process was killed, or it still runs where "
          + "it cannot be seen from here.", .hot
      )
    }
  }

  /// What was left out because somebody asked for that.
  var chosen: [String] {
    let selection = view.account.selection
    var sentences: [String] = []
    func names(_ words: [String]) -> String {
      words.map { DisplayWidth.shown($0) }.joined(separator: ", ")
    }
    if !selection.only.isEmpty {
      sentences.append(
        "Only lines of \(names(selection.only)); what others hold counts with their callers.")
    }
    if !selection.hide.isEmpty {
      sentences.append(
        "Without lines of \(names(selection.hide)); what they hold counts with their callers.")
    }
    if let thread = selection.thread {
      sentences.append("Only what thread \(DisplayWidth.shown(thread)) allocated.")
    }
    return sentences
  }

  /// Who may have sent a signal to whom, as a sentence with a blank before it.
  static func reason(ofSignal number: Int, _ whom: String) -> String {
    number == 9
      ? " If nobody did that, it was the kernel, which had no memory left for \(whom)." : ""
  }

  static func name(ofSignal number: Int) -> String {
    shortName(ofSignal: number).map { "\($0) (signal \(number))" } ?? "signal \(number)"
  }

  /// As in "SIGKILL"; nil if it has none.
  static func shortName(ofSignal number: Int) -> String? {
    let names = [
      1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
      9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
      24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
    ]
    return names[number]
  }
}

/// Sentences below a report, as loud as they must be.
func closing(_ view: CaptureView, style: Style) -> [String] {
  let limits = Limits(view, style: style)
  var rows: [String] = []
  for sentence in limits.estimates() {
    rows += DisplayWidth.wrap(sentence, to: style.width).map { Tone.quiet.paint($0, in: style) }
  }
  for note in limits.notes() {
    rows += DisplayWidth.wrap(DisplayWidth.shown("NOTE: " + note), to: style.width).map {
      Tone.warm.paint($0, in: style)
    }
  }
  return rows.isEmpty ? [] : [""] + rows
}
