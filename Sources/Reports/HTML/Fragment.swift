// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The element that a report in HTML is, its style sheet first.
func fragment(_ content: Markup) -> Markup {
  var markup = Markup()
  markup.element("div", class: "peakline") { root in
    root.styleSheet(StyleSheet.css)
    root.newline()
    root.append(content)
  }
  return markup
}

extension Markup {
  /// A table in a frame of its own that scrolls, so that the page need not; with the keyboard, too.
  mutating func table(
    _ label: String, class kind: String = "", style: String = "", _ content: (inout Markup) -> Void
  ) {
    let classes = kind.isEmpty ? "pk-table" : "pk-table \(kind)"
    let frame = [
      ("class", "pk-scroll"), ("style", "overflow-x:auto"), ("tabindex", "0"), ("role", "group"),
      ("aria-label", DisplayWidth.shown(label)),
    ]
    element("div", attributes: frame) { frame in
      frame.element(
        "table", class: classes,
        style: "border-collapse:collapse;margin:0;"
          + "font-family:ui-monospace,Menlo,Consolas,monospace"
          + (style.isEmpty ? "" : ";" + style), content)
    }
    newline()
  }

  /// What is said above a table.
  mutating func caption(class kind: String = "", _ content: (inout Markup) -> Void) {
    element("caption", class: kind, style: "caption-side:top;text-align:left") { caption in
      caption.element("div", class: "pk-about", style: "white-space:normal", content)
    }
    newline()
  }

  /// A cell that holds a number.
  ///
  /// Its unit is padded, so that numbers stand below each other.
  mutating func number(
    _ text: String, _ tone: Tone = .plain, kind: String = "", title: String = ""
  ) {
    guard !text.isEmpty else { return element("td", class: kind) }
    let kinds = [tone.className, kind].filter { !$0.isEmpty }
    element(
      "td", class: kinds.joined(separator: " "), style: "text-align:right;white-space:pre",
      title: title
    ) { $0.text(text) }
  }

  /// What a row is called; loud only if it is to be.
  mutating func rowHeading(_ text: String, _ tone: Tone) {
    let weight = tone == .bold ? "bold" : "normal"
    element(
      "th", class: tone.className, style: "text-align:right;font-weight:\(weight)", scope: "row"
    ) { $0.text(text) }
  }

  /// A heading of a column of numbers, or of text.
  mutating func heading(_ text: String, isText: Bool = false, kind: String = "", title: String) {
    element(
      "th", class: kind, style: "text-align:\(isText ? "left" : "right");white-space:nowrap",
      title: title, scope: "col"
    ) { $0.text(text) }
  }

  /// A sentence in a row of its own.
  mutating func sentence(_ text: String, _ tone: Tone = .plain) {
    element("div", class: tone == .plain ? "pk-said" : "pk-said \(tone.className)") {
      $0.text(text)
    }
    newline()
  }
}

extension Tone {
  /// Its class in the style sheet.
  var className: String {
    switch self {
    case .plain: ""
    case .quiet: "pk-quiet"
    case .bold: "pk-bold"
    case .hot: "pk-hot"
    case .warm: "pk-warm"
    case .good: "pk-good"
    }
  }

  /// The class of a bar in this tone.
  var barClassName: String {
    switch self {
    case .hot: "pk-hot-bar"
    case .warm: "pk-warm-bar"
    case .good: "pk-good-bar"
    case .plain, .quiet, .bold: "pk-plain-bar"
    }
  }
}
