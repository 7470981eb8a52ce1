// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The colours of a report in HTML, by the names of the style sheet's variables.
///
/// What is text has a contrast of 4.5 to every background that it may stand on, a bar of 3. What costs is of the
/// red and yellow kind and what was given back is blue, which is told apart by nearly everybody; all
/// of it is said by weight, by the form of a bar or by a word as well.
struct Palette {
  let scheme: String
  let backgrounds: [(name: String, color: String)]
  let texts: [(name: String, color: String)]
  let bars: [(name: String, color: String)]
  /// Lines and edges.
  let rule: String

  /// The colour behind everything.
  var page: String { backgrounds[0].color }

  static let light = Palette(
    scheme: "light",
    backgrounds: [
      ("page", "#ffffff"), ("hot-row", "#fdeeec"), ("warm-row", "#fdf6e8"), ("pointed", "#f0f3f6"),
    ],
    texts: [
      ("text", "#1f2328"), ("quiet", "#626a73"), ("hot", "#b3231b"), ("warm", "#875000"),
      ("good", "#0a5fb4"),
      ("keyword", "#7a3aa8"), ("string", "#17693b"), ("comment", "#626a73"), ("number", "#0a5fb4"),
      ("decorator", "#875000"), ("name", "#0b4c92"),
    ],
    bars: [
      ("plain-bar", "#7f8993"), ("hot-bar", "#d24f43"), ("warm-bar", "#b57a17"),
      ("good-bar", "#3b82cc"),
    ],
    rule: "#d4d9df")

  static let dark = Palette(
    scheme: "dark",
    backgrounds: [
      ("page", "#16181c"), ("hot-row", "#3a1f1e"), ("warm-row", "#2f2716"), ("pointed", "#262a31"),
    ],
    texts: [
      ("text", "#e3e6ea"), ("quiet", "#9ba4ae"), ("hot", "#ff9488"), ("warm", "#efb45f"),
      ("good", "#7fbcff"),
      ("keyword", "#cfa6f5"), ("string", "#8fd3a2"), ("comment", "#9ba4ae"), ("number", "#7fbcff"),
      ("decorator", "#efb45f"), ("name", "#a9ccff"),
    ],
    bars: [
      ("plain-bar", "#7d8791"), ("hot-bar", "#e5685c"), ("warm-bar", "#c8902f"),
      ("good-bar", "#5b9fe3"),
    ],
    rule: "#3a4048")

  /// The declarations of the variables.
  ///
  /// `page` and `text` are those of the surroundings, where they have any.
  func variables(page: String? = nil, text: String? = nil) -> String {
    let colors = (backgrounds + texts + bars + [("rule", rule)]).map { name, color in
      let given = name == "page" ? page : name == "text" ? text : nil
      return "--pk-\(name):" + (given.map { "var(\($0),\(color))" } ?? color)
    }
    return (["color-scheme:\(scheme)"] + colors).joined(separator: ";")
  }
}
