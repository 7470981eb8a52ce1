// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The page of one line: its figures, and the calls on which it holds most.
struct LiveCalls {
  private let look: LiveLook
  private let style: Style
  private let line: Account.Row
  private let isNow: Bool
  private var view: CaptureView { look.view }
  private var account: Account { look.view.account }
  /// Stacks that are shown, and frames of each.
  private static let mostStacks = 10
  private static let mostFrames = 40

  /// `isNow`: whether calls are asked for that hold most now, and not at the peak.
  init(_ look: LiveLook, _ style: Style, _ line: Account.Row, isNow: Bool) {
    self.look = look
    self.style = style
    self.line = line
    self.isNow = isNow
  }

  func rows() -> [String] {
    let function = view.function(line.place)
    let title = view.name(line.place) + (function.isEmpty ? "" : " " + function)
    var rows = [Tone.bold.paint(fit(title), in: style)]
    let code = view.code(line.place)
    if !code.isEmpty { rows.append(fit("    " + code)) }
    rows += DisplayWidth.wrap(figures, to: style.width)
    return rows + [""] + stacks
  }

  private var figures: String {
    let figures = line.figures
    func size(_ bytes: Int, _ error: Double) -> String {
      style.size(bytes)
        + (view.isSampled && bytes != 0 ? " " + style.error(error, beside: bytes) : "")
    }
    let blocks = Digits.grouped(Int(clamped: figures.allocations))
    return "\(size(figures.live, figures.liveError)) in use now, "
      + "\(size(figures.held, figures.heldError)) at the peak; "
      + "\(size(figures.allocated, figures.allocatedError)) allocated in "
      + "\(view.isSampled ? "about " : "")\(blocks) \(blocks == "1" ? "block" : "blocks"), "
      + "\(style.size(figures.temporary)) of it freed at once."
  }

  private var stacks: [String] {
    let heaviest = account.heaviestStacks(of: [line], count: Self.mostStacks, isNow: isNow)
    guard let stacks = heaviest.first, !stacks.isEmpty else {
      let text = isNow ? "Nothing of it is in use now." : "It held nothing at the peak."
      return [Tone.quiet.paint(fit(text), in: style)]
    }
    let moment = isNow ? "holds most now" : "held most at the peak"
    let title = "The calls on which it \(moment):"
    return [Tone.bold.paint(fit(title), in: style)] + stacks.flatMap { [""] + calls($0) }
  }

  /// One stack, the outermost call first.
  private func calls(_ stack: (node: Int, held: Int)) -> [String] {
    var nodes = account.tree.path(to: stack.node)
    var left = 0
    if nodes.count > Self.mostFrames {
      left = nodes.count - Self.mostFrames
      nodes.removeSubrange(5..<5 + left)
    }
    var grid = Grid(columns: [
      Grid.Column(heading: "        "), Grid.Column(heading: "", isText: true),
      Grid.Column(heading: "", isText: true), Grid.Column(heading: "", isText: true),
    ])
    func add(_ size: String, _ place: String, _ function: String = "", _ code: String = "") {
      grid.rows.append(
        .cells([
          Grid.Cell(text: size, tone: size.isEmpty ? .plain : .bold), Grid.Cell(text: place),
          Grid.Cell(text: function), Grid.Cell(text: code, tone: .quiet),
        ]))
    }
    let thread = view.name(.thread(account.tree.thread(of: stack.node)))
    add(style.sizeCell(stack.held), "on " + thread)
    let most = max(8, min(44, (style.width ?? 120) / 3))
    for (index, node) in nodes.enumerated() {
      if left > 0, index == 5 { add("", "\(style.ellipsis) \(Digits.grouped(left)) more calls") }
      let place = account.tree.place(node)
      add(
        "", DisplayWidth.fitEnd(view.name(place), to: most, mark: style.ellipsis),
        DisplayWidth.fit(view.function(place), to: 24, mark: style.ellipsis), view.code(place))
    }
    return Array(grid.render(in: style).dropFirst(2))
  }

  private func fit(_ text: String) -> String {
    DisplayWidth.fit(text, to: style.width ?? .max, mark: style.ellipsis)
  }
}
