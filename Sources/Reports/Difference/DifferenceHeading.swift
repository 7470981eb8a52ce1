// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What stands above the difference of two captures: what ran, how each was recorded and ended.
struct DifferenceHeading {
  private let view: DifferenceView
  private let style: Style

  init(_ view: DifferenceView, style: Style) {
    self.view = view
    self.style = style
  }

  func rows() -> [String] {
    let limit = style.width ?? .max
    var rows = [
      Tone.bold.paint(DisplayWidth.fit(title, to: limit, mark: style.ellipsis), in: style)
    ]
    for (label, part) in [("Before: ", view.before), ("After:  ", view.after)] {
      rows += DisplayWidth.wrap(label + about(part), to: style.width)
        .map { Tone.quiet.paint($0, in: style) }
      let (ending, tone) = CaptureHeading(part.capture, style: style).ending
      if tone != .plain {
        rows += DisplayWidth.wrap(ending, to: style.width).map { tone.paint($0, in: style) }
      }
    }
    rows += CaptureHeading(view.after.capture, style: style).chosen
      .flatMap { DisplayWidth.wrap($0, to: style.width) }
    return rows
  }

  var title: String {
    let commands = [view.before, view.after].map { part in
      let command = DisplayWidth.shown(view.command(part))
      return command.isEmpty ? "a program whose name is not known" : command
    }
    return commands[0] == commands[1] ? commands[0] : commands.joined(separator: " \(style.arrow) ")
  }

  /// How one ended.
  func ending(_ part: DifferenceView.Part) -> String {
    CaptureHeading(part.capture, style: style).ending.text
  }

  /// How one was recorded.
  func about(_ part: DifferenceView.Part) -> String {
    let capture = part.capture
    var words = ["\(DisplayWidth.shown(part.name)), \(Processes(capture).subject)"]
    if let python = capture.python { words.append(python) }
    words.append(mode(capture))
    let start = capture.header.startTime
    if start > 0 { words.append("began \(Style.date(start))") }
    return words.joined(separator: ", ")
  }

  private func mode(_ capture: CaptureView) -> String {
    if capture.isSampled { return "sampled every \(style.size(capture.header.interval))" }
    // Of what is set against samples, nothing is.
    return view.isSampled ? "every allocation" : "exact: every allocation"
  }
}
