// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// HTML that is being written: every element is closed, and all text is escaped.
///
/// Beyond ASCII each character is written as its number. A fragment cannot say what encoding it is
/// saved or served in, and so it need not.
struct Markup {
  private(set) var html = ""

  /// An element and what is in it.
  ///
  /// `style` is for what must hold where a style sheet is taken away, as JupyterLab does in notebooks
  /// that it does not trust: alignment, bars, spaces that are kept.
  mutating func element(
    _ name: String, class kind: String = "", style: String = "", title: String = "",
    scope: String = "", _ content: (inout Markup) -> Void = { _ in }
  ) {
    html += "<\(name)"
    attribute("scope", scope)
    attribute("class", kind)
    attribute("style", style)
    attribute("title", title)
    html += ">"
    content(&self)
    html += "</\(name)>"
  }

  /// An element with any attributes, as SVG has them; their values are escaped and otherwise as given.
  mutating func element(
    _ name: String, attributes: [(name: String, value: String)],
    _ content: (inout Markup) -> Void = { _ in }
  ) {
    html += "<\(name)"
    for (key, value) in attributes {
      html += " \(key)=\""
      Self.escape(value, into: &html)
      html += "\""
    }
    html += ">"
    // The one element here that has no end.
    guard name != "img" else { return }
    content(&self)
    html += "</\(name)>"
  }

  /// Text from anywhere; controls are shown as in a terminal's report.
  mutating func text(_ text: String) {
    Self.escape(DisplayWidth.shown(text), into: &html)
  }

  /// A style sheet of our own making.
  mutating func styleSheet(_ css: String) {
    precondition(css.utf8.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "<") })
    html += "<style>\(css)</style>"
  }

  /// A row of the page's source ends; it means nothing between elements of a table.
  mutating func newline() { html += "\n" }

  mutating func append(_ other: Markup) { html += other.html }

  /// A picture that was written as markup already.
  mutating func append(picture svg: String) { html += svg }

  /// Text for a place outside of all elements here.
  static func escaped(_ text: String) -> String {
    var markup = Markup()
    markup.text(text)
    return markup.html
  }

  private mutating func attribute(_ name: String, _ value: String) {
    guard !value.isEmpty else { return }
    html += " \(name)=\""
    text(value)
    html += "\""
  }

  private static func escape(_ text: String, into html: inout String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": html += "&amp;"
      case "<": html += "&lt;"
      case ">": html += "&gt;"
      case "\"": html += "&quot;"
      case "'": html += "&#39;"
      case _ where scalar.isASCII: html.unicodeScalars.append(scalar)
      // No document may have these, however they are written.
      case "\u{FFFE}", "\u{FFFF}": html += "&#xfffd;"
      default: html += "&#x" + String(scalar.value, radix: 16) + ";"
      }
    }
  }
}
