// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport

@testable import Reports

extension LiveLook {
  /// A look at a built capture while it is recorded, or with another ending.
  init(
    _ builder: CaptureBuilder, ending: Ending = .running, elapsed: Double = 6,
    trouble: String? = nil, note: String? = nil
  ) throws {
    let capture = try Capture(bytes: builder.bytes())
    let view = CaptureView(
      capture: capture, account: try Account(capture), sources: SourceLines(capture) { _ in nil },
      ending: ending)
    self.init(view: view, elapsed: elapsed, trouble: trouble, note: note)
  }
}

extension LiveModel {
  /// A model that has seen one look.
  init(
    _ look: LiveLook, _ columns: Int = 100, _ rows: Int = 24,
    style: Style = Style(bars: true), sort: LiveSort = .peak
  ) {
    self.init(
      sort: sort, filter: "", pace: LivePace(every: 1), style: style, columns: columns, rows: rows)
    show(look)
  }

  /// Presses keys that are characters, and escape for `^`.
  mutating func type(_ text: String) {
    for letter in text { _ = press(letter == "^" ? .escape : .character(letter)) }
    narrow()
  }

  /// The names of the lines that are listed, from the first.
  var names: [String] {
    guard let look else { return [] }
    return listing.map { look.view.name($0.place) }
  }

  var selectedName: String? {
    guard let look, let row = selectedRow else { return nil }
    return look.view.name(row.place)
  }
}

/// The text of a row without what a terminal obeys.
func plain(_ row: String) -> String { row.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") }
