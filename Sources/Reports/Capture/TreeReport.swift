// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The tree of the calls that held the memory, or with `reverse` of the callers of the lines.
struct TreeReport {
  private let view: CaptureView
  private let style: Style
  private let reverse: Bool
  private let depth: Int?
  private let words: MomentWords
  /// Branches below this part of the whole are not shown.
  static let least = 0.01
  /// How deep a tree is shown if nobody says.
  static let usualDepth = 60

  init(_ view: CaptureView, style: Style, reverse: Bool, depth: Int?) {
    self.view = view
    self.style = style
    self.reverse = reverse
    self.depth = depth
    words = MomentWords(view.when, style: style)
  }

  /// The branches that are shown, from the root on.
  static func root(_ view: CaptureView, reverse: Bool, depth: Int?) -> Branch {
    let least = view.least(Self.least)
    let depth = depth ?? usualDepth
    return reverse
      ? view.account.callerTree(depth: depth, least: least)
      : view.account.callTree(depth: depth, least: least)
  }

  func rows() -> [String] {
    let root = Self.root(view, reverse: reverse, depth: depth)
    var rows = CaptureHeading(view, style: style).rows() + [""]
    let what =
      reverse
      ? "Lines that hold, and who called them" : "Calls, and what they hold with all they call"
    rows += DisplayWidth.wrap("\(what): \(words.whole).", to: style.width)
    var bar = style.bars ? 8 : 0
    var grid = grid(root, bar)
    if let width = style.width, grid.leastWidth() > width, bar > 0 {
      bar = 0
      grid = self.grid(root, bar)
    }
    rows += [""] + grid.render(in: style)
    var hidden: [String] = []
    let smaller = count(root)
    if smaller.branches > 0 {
      hidden.append(
        "\(Digits.grouped(smaller.branches)) smaller "
          + "\(smaller.branches == 1 ? "branch" : "branches"), each below "
          + "\(style.size(view.least(Self.least))), \(smaller.branches == 1 ? "is" : "are") not "
          + "shown.")
    }
    if smaller.isCut { hidden.append("Deeper calls are not shown (--depth).") }
    if !hidden.isEmpty {
      rows += [""]
      rows += DisplayWidth.wrap(hidden.joined(separator: " "), to: style.width)
    }
    return rows + closing(view, style: style)
  }

  private func count(_ branch: Branch) -> (branches: Int, isCut: Bool) {
    branch.children.reduce((branch.smaller, branch.isCut)) { result, child in
      let below = count(child)
      return (result.0 + below.branches, result.1 || below.isCut)
    }
  }

  private func grid(_ root: Branch, _ bar: Int) -> Grid {
    var columns = [Grid.Column(heading: words.heading)]
    if bar > 0 {
      columns.append(
        Grid.Column(heading: String(repeating: " ", count: bar), isText: true, gap: 1))
    }
    columns.append(Grid.Column(heading: "Share"))
    columns.append(Grid.Column(heading: reverse ? "Line, callers" : "Call", isText: true))
    var grid = Grid(columns: columns)
    let title = reverse ? "all lines" : "all calls"
    grid.rows.append(.cells(cells(root.held, title, bar)))
    add(root, "", bar, &grid)
    for (name, bytes) in others { grid.rows.append(.cells(cells(bytes, name, bar))) }
    grid.elastic = (columns.count - 1, 30)
    return grid
  }

  /// The branches below one.
  ///
  /// An only child stands right below, without going further to the right: that keeps deep stacks
  /// readable.
  private func add(_ branch: Branch, _ indentation: String, _ bar: Int, _ grid: inout Grid) {
    let (fork, last, pipe) = style.unicode ? ("├ ", "└ ", "│ ") : ("|-", "`-", "| ")
    let isOnly = branch.children.count == 1 && branch.smaller == 0
    for (index, child) in branch.children.enumerated() {
      let isLast = index == branch.children.count - 1 && branch.smaller == 0
      let mark = isOnly ? "" : isLast ? last : fork
      grid.rows.append(.cells(cells(child.held, indentation + mark + text(child.place), bar)))
      add(child, indentation + (isOnly ? "" : isLast ? "  " : pipe), bar, &grid)
    }
    if branch.smaller > 0 {
      let text = "(\(Digits.grouped(branch.smaller)) smaller)"
      grid.rows.append(.cells(cells(branch.heldBySmaller, indentation + last + text, bar)))
    }
  }

  /// What is in no call.
  private var others: [(String, Int)] {
    var rows: [(String, Int)] = []
    if view.account.otherThreads.held != 0 {
      rows.append(("(other threads)", view.account.otherThreads.held))
    }
    if view.account.baseline != 0 {
      rows.append(("(before the recording)", view.account.baseline))
    }
    if let bytes = view.unexplained {
      rows.append((bytes < 0 ? "(lines add up to more)" : "(in no line)", bytes))
    }
    return rows
  }

  private func text(_ place: Place) -> String {
    // The process stands above.
    if case .thread(let index) = place { return view.name(ofThread: index) }
    let function = view.function(place)
    let code = view.code(place)
    return view.name(place) + (function.isEmpty ? "" : " " + function)
      + (code.isEmpty ? "" : "  " + code)
  }

  private func cells(_ bytes: Int, _ text: String, _ bar: Int) -> [Grid.Cell] {
    let tone = view.tone(bytes)
    var cells = [Grid.Cell(text: style.sizeCell(bytes), tone: tone)]
    if bar > 0 {
      cells.append(
        Grid.Cell(text: Bar.text(bytes, of: max(1, view.whole.magnitude), cells: bar), tone: tone))
    }
    cells.append(Grid.Cell(text: view.shareCell(bytes)))
    cells.append(Grid.Cell(text: text))
    return cells
  }
}
