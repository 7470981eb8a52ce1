// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The page of the recording: what runs, how it is recorded, and all that limits the figures.
struct LiveAbout {
  private let look: LiveLook
  private let style: Style

  init(_ look: LiveLook, _ style: Style) {
    self.look = look
    self.style = style
  }

  func rows() -> [String] {
    var rows = CaptureHeading(look.view, style: style).rows()
    if !look.view.capture.folder.isEmpty {
      rows += wrap("It runs in \(DisplayWidth.shown(look.view.capture.folder)).", .quiet)
    }
    if let trouble = look.trouble { rows += wrap(DisplayWidth.shown(trouble), .warm) }
    if let note = look.note { rows += wrap(DisplayWidth.shown(note), .plain) }
    return rows + closing(look.view, style: style)
  }

  private func wrap(_ text: String, _ tone: Tone) -> [String] {
    DisplayWidth.wrap(text, to: style.width).map { tone.paint($0, in: style) }
  }
}
