// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The call paths that changed most.
struct ChangedStacks {
  private let view: DifferenceView
  private let style: Style
  private let words: ChangeWords
  private let isWhole: Bool
  /// The nodes that are shown.
  private let nodes: ArraySlice<Int>

  /// Stacks that are shown below the lines; with `all` as many as lines.
  static let usual = 3

  init(_ view: DifferenceView, style: Style, limit: Int?, all: Bool) {
    self.view = view
    self.style = style
    words = ChangeWords(view.figure, style: style)
    isWhole = all
    let changed = view.difference.stacks.changed
    let most = all ? limit ?? DifferenceReport.usualLines : Self.usual
    let least = all ? 1 : view.least
    nodes = changed.prefix(most).prefix {
      view.difference.stacks.change($0).amount.size >= least
    }
  }

  func rows() -> [String] {
    guard !nodes.isEmpty else { return [] }
    var rows = ["", Tone.bold.paint("On which calls", in: style)]
    for (change, path) in parts {
      let wrapped = DisplayWidth.wrap(
        "\(change) on \(path)", to: style.width.map { max(8, $0 - 4) })
      for (index, part) in wrapped.enumerated() {
        rows.append((index == 0 ? "  " : "    ") + part)
      }
    }
    let left = view.difference.stacks.changed.count - nodes.count
    if isWhole, left > 0 {
      rows.append("  (\(Digits.grouped(left)) more \(left == 1 ? "stack" : "stacks"))")
    }
    return rows
  }

  /// What a stack's figure was, is, and whether that means anything.
  private func change(_ node: Int) -> String {
    let change = view.difference.stacks.change(node)
    var text = words.signed(change.amount)
    if view.isSampled, view.figure.isBytes {
      text += " " + words.error(change)
      if change.isBeyondError == false { text += ", \(ChangeWords.withinError)," }
    }
    if isWhole {
      text += " (\(words.amount(change.before)) \(style.arrow) \(words.amount(change.after)))"
    }
    return text
  }

  /// What changed, and on which calls.
  var parts: [(change: String, path: String)] {
    nodes.map { (change($0), view.path(to: $0, style: style)) }
  }
}
