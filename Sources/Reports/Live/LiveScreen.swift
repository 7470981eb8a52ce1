// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The page of the lines: what runs, how much is in use, the picture of it, the table.
struct LiveScreen {
  private let model: LiveModel
  private let look: LiveLook
  private let style: Style
  private let layout: LiveLayout

  init(_ model: LiveModel, _ look: LiveLook) {
    self.model = model
    self.look = look
    style = model.style
    layout = LiveLayout(look, model.style, height: model.height)
  }

  func rows() -> [String] {
    let heading = LiveHeading(look, style)
    var rows: [String] = []
    if layout.hasTitle { rows.append(heading.title(isPaused: model.isPaused)) }
    if layout.hasAbout { rows.append(heading.about) }
    rows += layout.sentence.map { layout.tone.paint($0, in: style) }
    rows.append(heading.totals)
    if layout.hasShares { rows.append(heading.shares) }
    rows += LiveCurve(look, style).rows(layout.curve)
    if layout.hasGap { rows.append("") }
    return rows + table()
  }

  private func table() -> [String] {
    let shown = model.first..<min(model.listing.count, model.first + layout.room)
    let table = LiveTable(look, style, sort: model.sort)
    let rows = table.rows(
      Array(model.listing[shown]), selected: model.selected - model.first)
    let headings = layout.hasHeadings ? Array(rows.prefix(1)) : []
    guard model.listing.isEmpty else { return headings + rows.dropFirst() }
    return headings + (layout.room > 0 ? [nothing] : [])
  }

  /// What stands in place of the lines where there are none.
  private var nothing: String {
    let text =
      model.filter.isEmpty
      ? "No line has allocated anything yet."
      : "No line has '\(DisplayWidth.shown(model.filter))' in it."
    let fitted = DisplayWidth.fit(text, to: style.width ?? .max, mark: style.ellipsis)
    return Tone.quiet.paint(fitted, in: style)
  }
}
