// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The last row: which keys there are, and which part of the lines is seen.
struct LiveFooter {
  private let model: LiveModel
  private let style: Style

  init(_ model: LiveModel, _ look: LiveLook) {
    self.model = model
    style = model.style
  }

  func row() -> String {
    let width = style.width ?? 80
    if model.isTyping { return typed(width) }
    let right = DisplayWidth.of(place) + 20 <= width ? place : ""
    var room = width - (right.isEmpty ? 0 : DisplayWidth.of(right) + 2)
    var result = ""
    var used = 0
    for (index, (key, word)) in keys.enumerated() {
      let gap = index == 0 ? 0 : 2
      let cells = gap + DisplayWidth.of(key) + (word.isEmpty ? 0 : 1 + DisplayWidth.of(word))
      guard cells <= room else { continue }
      result += String(repeating: " ", count: gap) + Tone.bold.paint(key, in: style)
      if !word.isEmpty { result += " " + Tone.quiet.paint(word, in: style) }
      room -= cells
      used += cells
    }
    guard !right.isEmpty else { return result }
    let free = max(0, width - used - DisplayWidth.of(right))
    return result + String(repeating: " ", count: free) + Tone.quiet.paint(right, in: style)
  }

  /// The filter while it is typed, its end in any case.
  private func typed(_ width: Int) -> String {
    let hint = "  enter keeps it, esc drops it"
    let text = DisplayWidth.fitEnd(
      DisplayWidth.shown(model.filter), to: max(1, width - 2), mark: style.ellipsis)
    let cursor = style.unicode ? "▏" : "_"
    let row = Tone.bold.paint("/" + text, in: style) + cursor
    let isRoom = DisplayWidth.of(text) + 2 + hint.count <= width
    return row + (isRoom ? Tone.quiet.paint(hint, in: style) : "")
  }

  /// What matters most is first; what has no room is left out.
  private var keys: [(key: String, word: String)] {
    let arrows = style.unicode ? "↑↓" : "up/down"
    guard model.page == .lines else {
      return [("q", "quit"), ("esc", "back"), (arrows, "scroll")]
    }
    return [
      ("q", "quit"), ("h", "help"), (arrows, "choose"), ("enter", "calls"), ("s", "sort"),
      ("/", "filter"), ("p", model.isPaused ? "go on" : "pause"), ("+-", model.pace.words(style)),
    ]
  }

  /// Which lines are seen, of how many, and by what filter.
  private var place: String {
    guard model.page == .lines else { return "" }
    let text = DisplayWidth.fit(
      DisplayWidth.shown(model.filter), to: 20, mark: style.ellipsis)
    let filter = text.isEmpty ? "" : "/\(text)  "
    guard !model.listing.isEmpty else { return filter }
    let number = Digits.grouped(model.selected + 1)
    return "\(filter)\(number) of \(Digits.grouped(model.listing.count))"
  }
}
