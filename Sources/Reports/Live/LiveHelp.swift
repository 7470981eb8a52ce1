// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The page that says what keys do and columns mean.
enum LiveHelp {
  private static let keys = [
    ("up down j k", "choose a line; page up, page down, home and end go further"),
    ("enter, right", "the calls on which the line holds most; esc or left: back"),
    ("s S < >", "sort by the next column, or the one before"),
    ("1 2 3 4", "sort by what is in use, at the peak, allocated, blocks"),
    ("/", "only lines that have a text in their place, function or code; esc: all again"),
    ("p", "pause, and go on"),
    ("+ -", "look more often, or less often"),
    ("space", "look at once"),
    ("i", "about this recording, and what limits its figures"),
    ("h ?", "this help"),
    ("q, Ctrl-C", "quit; the program goes on undisturbed"),
  ]

  private static let columns = [
    ("In use", "what the line allocated and is not freed yet"),
    ("At peak", "what of the line was in use when most was in use in all"),
    ("Allocated", "all that the line ever allocated"),
    ("Blocks", "in how many pieces"),
    ("Share", "the line's part of the figure that lines are sorted by"),
  ]

  static func rows(_ style: Style) -> [String] {
    section("Keys", keys, style) + [""] + section("Columns", columns, style) + [""]
      + DisplayWidth.wrap(
        "Where blocks are sampled, every figure of a line is an estimate; behind it stands its "
          + "standard error (\(style.plusMinus)). The totals above the picture are counted.",
        to: style.width)
  }

  private static func section(
    _ title: String, _ entries: [(String, String)], _ style: Style
  ) -> [String] {
    let margin = 14
    let width = style.width ?? 100
    let isNarrow = width < 40
    var rows = [Tone.bold.paint(title, in: style)]
    for (key, words) in entries {
      let indent = isNarrow ? 4 : margin + 2
      var wrapped = DisplayWidth.wrap(words, to: max(8, width - indent))
      let name = Tone.bold.paint(key, in: style)
      if isNarrow {
        rows.append("  " + name)
      } else {
        let gap = String(repeating: " ", count: max(1, margin - key.count))
        rows.append("  " + name + gap + wrapped.removeFirst())
      }
      rows += wrapped.map { String(repeating: " ", count: indent) + $0 }
    }
    return rows
  }
}
