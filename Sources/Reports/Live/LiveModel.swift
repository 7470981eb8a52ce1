// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The live view without its terminal: keys and looks come in, rows of a screen come out.
package struct LiveModel {
  /// What fills the screen.
  enum Page: Equatable {
    case lines
    /// The calls on which the chosen line holds most.
    case calls
    /// The recording, and what limits its figures.
    case about
    case help
  }

  /// What a key asks of whoever reads keys and captures.
  package enum Wish: Equatable, Sendable {
    case quit
    /// To look at the capture at once.
    case look
  }

  private(set) var page = Page.lines
  private(set) var sort: LiveSort
  private(set) var filter: String
  /// Whether the filter is being typed, and whether it has become longer than that of the listing.
  private(set) var isTyping = false
  private var isLonger = false
  package private(set) var isPaused = false
  package var pace: LivePace
  private(set) var style: Style
  private(set) var height: Int

  package private(set) var look: LiveLook?
  private(set) var listing: [Account.Row] = []
  /// The line that the selection stays with, wherever it goes; nil for whatever is on top.
  private(set) var chosen: Place?
  /// The index of the selected line, and of the first that is shown.
  private(set) var selected = 0
  private(set) var first = 0
  /// How many rows of a page of text are above the screen.
  private(set) var scrolled = 0

  /// The longest filter, in characters.
  private static let longestFilter = 200

  package init(
    sort: LiveSort, filter: String, pace: LivePace, style: Style, columns: Int, rows: Int
  ) {
    self.sort = sort
    self.filter = filter
    self.pace = pace
    self.style = style
    height = 1
    resize(columns: columns, rows: rows)
  }

  /// The terminal has another size, in cells.
  package mutating func resize(columns: Int, rows: Int) {
    style.width = max(1, columns)
    height = max(1, rows)
    settle()
  }

  /// There are newer figures.
  package mutating func show(_ look: LiveLook) {
    self.look = look
    list()
  }

  /// There are no newer figures, for this reason; of what has ended, there need be none.
  package mutating func note(trouble: String?) {
    let isOpen = look.map { [.running, .withoutEnd].contains($0.view.ending) } ?? false
    look?.trouble = isOpen ? trouble : nil
    settle()
  }

  // MARK: - Keys

  /// A key was pressed.
  package mutating func press(_ key: LiveKey) -> Wish? {
    defer { settle() }
    if key == .redraw { return .look }
    if isTyping, type(key) { return nil }
    narrow()
    if case .character(let letter) = key { return press(letter) }
    switch page {
    case .lines: move(key)
    case .calls, .about, .help: turn(key)
    }
    return nil
  }

  /// Keys that do the same on every page.
  private mutating func press(_ letter: Character) -> Wish? {
    switch letter {
    case "q", "Q": return .quit
    case " ": return .look
    case "p", "P":
      isPaused.toggle()
      return isPaused ? nil : .look
    case "+", "=": pace.quicken()
    case "-", "_": pace.slow()
    case "h", "?": open(page == .help ? .lines : .help)
    case "i": open(page == .about ? .lines : .about)
    case "s", ">": sort(by: sort.next(1))
    case "S", "<": sort(by: sort.next(-1))
    case "1", "2", "3", "4":
      if let number = letter.wholeNumberValue { sort(by: LiveSort.columns[number - 1]) }
    case "/":
      open(.lines)
      isTyping = true
    case "k": return press(.up)
    case "j": return press(.down)
    case "g": return press(.home)
    case "G": return press(.end)
    default: break
    }
    return nil
  }

  /// Whether a key belongs to the filter that is typed.
  private mutating func type(_ key: LiveKey) -> Bool {
    switch key {
    case .character(let letter):
      if filter.count < Self.longestFilter { filter.append(letter) }
      isLonger = true
      return true
    case .backspace:
      if filter.isEmpty { isTyping = false } else { filter.removeLast() }
    case .enter:
      isTyping = false
      return true
    case .escape:
      isTyping = false
      filter = ""
    default: return false
    }
    choose(0)
    list()
    return true
  }

  /// Keys of the table.
  private mutating func move(_ key: LiveKey) {
    let page = max(1, room - 1)
    switch key {
    case .up: choose(selected - 1)
    case .down: choose(selected + 1)
    case .pageUp: choose(selected - page)
    case .pageDown: choose(selected + page)
    case .home: choose(0)
    case .end: choose(listing.count - 1)
    case .enter, .right: open(.calls)
    case .escape where !filter.isEmpty:
      filter = ""
      list()
    default: break
    }
  }

  /// Keys of a page of text.
  private mutating func turn(_ key: LiveKey) {
    let page = max(1, height - 2)
    switch key {
    case .up: scrolled -= 1
    case .down: scrolled += 1
    case .pageUp: scrolled -= page
    case .pageDown: scrolled += page
    case .home: scrolled = 0
    case .end: scrolled = .max / 2
    case .escape, .left, .enter, .backspace: open(.lines)
    case .right, .character, .redraw: break
    }
  }

  private mutating func open(_ next: Page) {
    // The calls are those of one line, also when another comes to be on top.
    if next == .calls {
      guard listing.indices.contains(selected) else { return }
      chosen = listing[selected].place
    }
    if page == .calls, next == .lines, selected == 0 { chosen = nil }
    page = next
    scrolled = 0
  }

  private mutating func sort(by next: LiveSort) {
    sort = next
    list()
  }

  // MARK: - The selection

  private mutating func choose(_ index: Int) {
    selected = max(0, min(index, listing.count - 1))
    chosen = selected == 0 ? nil : listing[selected].place
  }

  /// Lists the lines anew; the selection stays with its line while that is there.
  private mutating func list() {
    listing = look?.lines(by: sort, with: filter) ?? []
    isLonger = false
    if let chosen, let index = listing.firstIndex(where: { $0.place == chosen }) {
      selected = index
    } else {
      choose(0)
    }
    settle()
  }

  /// Leaves of the lines that are listed those that have the longer filter's text in them, too.
  ///
  /// To be called when all keys that have come are in: of very many lines this takes a moment.
  package mutating func narrow() {
    guard isLonger, let look else { return }
    isLonger = false
    var matcher = LiveFilter(filter, look.view)
    listing = listing.filter { matcher.matches($0.place) }
    choose(0)
    settle()
  }

  /// Brings what is selected into the screen, and no more below the end than there is.
  private mutating func settle() {
    let room = max(1, room)
    first = max(0, min(first, listing.count - room))
    first = min(first, selected)
    first = max(first, selected - room + 1)
    scrolled = max(0, min(scrolled, page == .lines ? 0 : text.count - (height - 1)))
  }

  /// The selected line; nil where none is listed.
  var selectedRow: Account.Row? {
    listing.indices.contains(selected) ? listing[selected] : nil
  }

  /// How many lines the table has room for.
  private var room: Int { look.map { LiveLayout($0, style, height: height).room } ?? 1 }

  // MARK: - The screen

  /// As many rows as the terminal has.
  package func screen() -> [String] {
    guard let look else { return Array(repeating: "", count: height) }
    let rows =
      page == .lines
      ? LiveScreen(self, look).rows()
      : Array(text.dropFirst(scrolled).prefix(height - 1))
    let missing = max(0, height - 1 - rows.count)
    let body = (rows + Array(repeating: "", count: missing)).prefix(height - 1)
    return body + [LiveFooter(self, look).row()]
  }

  /// The rows of a page of text.
  private var text: [String] {
    guard let look else { return [] }
    switch page {
    case .lines: return []
    case .calls:
      guard let row = selectedRow else { return [] }
      return LiveCalls(look, style, row, isNow: sort == .now).rows()
    case .about: return LiveAbout(look, style).rows()
    case .help: return LiveHelp.rows(style)
    }
  }
}
