// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The rows above the table; each of them is cut to fit.
struct LiveHeading {
  private let look: LiveLook
  private let style: Style
  private var view: CaptureView { look.view }

  init(_ look: LiveLook, _ style: Style) {
    self.look = look
    self.style = style
  }

  /// What runs, and on the right what is going on.
  func title(isPaused: Bool) -> String {
    let command = DisplayWidth.shown(view.capture.command)
    let name = command.isEmpty ? "a program whose name is not known" : command
    let (words, tone) = look.state(style)
    let state = isPaused ? "paused; " + words : words
    guard let width = style.width else { return name + "  " + state }
    let right = DisplayWidth.fit(state, to: max(0, width - 10), mark: style.ellipsis)
    let room = max(0, width - DisplayWidth.of(right) - 2)
    let left = DisplayWidth.fit(name, to: room, mark: style.ellipsis)
    let gap = String(repeating: " ", count: max(0, width - DisplayWidth.of(left + right)))
    return Tone.bold.paint(left, in: style) + gap
      + (isPaused ? Tone.warm : tone).paint(right, in: style)
  }

  /// How it is recorded; in a narrow place the beginning.
  var about: String {
    let heading = CaptureHeading(view, style: style)
    let text = ([heading.about] + heading.chosen).joined(separator: ". ")
    var parts = text.split(separator: ", ")
    while parts.count > 1, DisplayWidth.of(parts.joined(separator: ", ")) > style.width ?? .max {
      parts.removeLast()
    }
    return Tone.quiet.paint(fit(parts.joined(separator: ", ")), in: style)
  }

  /// How much is in use, was at the peak, and was allocated; in a narrow place the beginning.
  var totals: String {
    let header = view.header
    let peak = "at \(style.moment(Double(header.peakMoment) / 1e9))"
    let blocks = "in \(Digits.grouped(header.allocations)) blocks"
    var result = ""
    var room = style.width ?? .max
    let parts = [
      ("In use", style.size(header.live), ""), ("Peak", style.size(header.peak), peak),
      ("Allocated", style.size(header.allocated), blocks),
    ]
    for (index, (name, size, more)) in parts.enumerated() {
      let gap = index == 0 ? 0 : 3
      let short = name.count + 1 + DisplayWidth.of(size)
      let long = more.isEmpty ? short : short + 1 + DisplayWidth.of(more)
      guard gap + short <= room else { break }
      result += String(repeating: " ", count: gap) + name + " "
      result += Tone.bold.paint(size, in: style)
      if gap + long <= room, long > short { result += " " + more }
      room -= gap + (gap + long <= room ? long : short)
    }
    return result
  }

  /// How much of that is in lines.
  var shares: String {
    let sum = view.account.sum
    func part(_ bytes: Int, _ error: Double, of whole: Int) -> String {
      let share = whole > 0 ? " (\(Int(clamped: 100 * Double(bytes) / Double(whole))) %)" : ""
      let doubt = view.isSampled ? " " + style.error(error, beside: bytes) : ""
      return style.size(bytes) + doubt + share
    }
    let now = part(sum.live, sum.liveError, of: view.header.live)
    let peak = part(sum.held, sum.heldError, of: view.header.peak)
    return Tone.quiet.paint(
      fit("In lines: \(now) now, \(peak) at the peak"), in: style)
  }

  private func fit(_ text: String) -> String {
    DisplayWidth.fit(text, to: style.width ?? .max, mark: style.ellipsis)
  }
}
