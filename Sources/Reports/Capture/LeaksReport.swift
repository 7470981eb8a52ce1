// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What was live at the end, by line, with the stacks that allocated it.
struct LeaksReport {
  private let view: CaptureView
  private let style: Style
  /// Lines that are shown, and stacks of each.
  static let mostLines = 10
  static let mostStacks = 3

  init(_ view: CaptureView, style: Style) {
    self.view = view
    self.style = style
  }

  /// The lines that hold something, what holds most first.
  static func rows(_ view: CaptureView) -> [Account.Row] {
    view.account.rows.filter { $0.figures.held > 0 }
  }

  func rows() -> [String] {
    let leaks = Self.rows(view)
    let shown = Array(leaks.prefix(Self.mostLines))
    let stacks = view.account.heaviestStacks(of: shown, count: Self.mostStacks)
    var rows = CaptureHeading(view, style: style).rows() + [""]
    rows += DisplayWidth.wrap(sentence, to: style.width).map { Tone.bold.paint($0, in: style) }
    for (index, row) in shown.enumerated() {
      rows += [""] + section(row, stacks[index])
    }
    rows += rest(leaks.dropFirst(Self.mostLines))
    rows += [""]
    rows += DisplayWidth.wrap(
      "What is live at the end is a leak only if the program was done with it.", to: style.width
    ).map { Tone.quiet.paint($0, in: style) }
    return rows + closing(view, style: style)
  }

  private var sentence: String {
    let moment =
      switch view.ending {
      case .running where view.capture.isTree: "now, or when their process ended"
      case _ where view.capture.isTree: "when the processes ended, each counted at its own end"
      case .running: "now"
      case .killed: "when it was killed"
      case .withoutEnd: "when the recording broke off"
      case .stopped: "when the recording was stopped"
      case .exited, .ended: "at the end"
      }
    let before =
      view.account.baseline == 0
      ? "" : ", \(style.size(view.account.baseline)) of it from before the recording"
    let unexplained =
      view.unexplained.map { bytes in
        bytes < 0
          ? "; the lines add up to \(style.size(bytes.size)) more"
          : "; \(style.size(bytes)) of it are in no line"
      } ?? ""
    return "\(style.size(view.header.live)) were live \(moment)\(before)\(unexplained)."
  }

  private func section(_ row: Account.Row, _ stacks: [(node: Int, held: Int)]) -> [String] {
    let figures = row.figures
    var size = style.size(figures.held)
    if view.isSampled { size += " " + style.error(figures.heldError, beside: figures.held) }
    let count = Digits.grouped(Int(clamped: figures.heldBlocks))
    let blocks = "\(view.isSampled ? "about " : "")\(count) \(count == "1" ? "block" : "blocks")"
    let function = view.function(row.place)
    let place = view.name(row.place) + (function.isEmpty ? "" : " " + function)
    let head = "\(size) in \(blocks)  \(place)"
    var rows = DisplayWidth.wrap(head, to: style.width).map {
      view.tone(figures.held).paint($0, in: style)
    }
    let code = view.code(row.place)
    if !code.isEmpty {
      let room = style.width.map { max(8, $0 - 4) } ?? .max
      rows.append("    " + DisplayWidth.fit(code, to: room, mark: style.ellipsis))
    }
    for stack in stacks where row.place.isLine {
      let thread = view.account.tree.thread(of: stack.node)
      let label = view.hasThreads ? "\(view.name(.thread(thread))): " : ""
      let text = "\(style.size(stack.held)) on \(label)\(view.path(to: stack.node, style: style))"
      for (index, part) in DisplayWidth.wrap(text, to: style.width.map { max(8, $0 - 6) })
        .enumerated()
      {
        rows.append(Tone.quiet.paint((index == 0 ? "    " : "      ") + part, in: style))
      }
    }
    return rows
  }

  private func rest(_ rows: ArraySlice<Account.Row>) -> [String] {
    guard !rows.isEmpty else { return [] }
    let held = rows.reduce(0) { $0.plus($1.figures.held) }
    let count = Digits.grouped(rows.count)
    let lines = rows.count == 1 ? "1 other line holds" : "\(count) other lines hold"
    return ["", "\(lines) \(style.size(held))."]
  }
}
