// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension Plot {
  /// The plot for the output of a notebook's cell: the page in a frame of its own, which can reach
  /// nothing outside.
  ///
  /// A notebook that is not trusted takes scripts, frames and style sheets away; what is left is the
  /// picture, which the style sheet hides.
  package func fragment() -> String {
    let lanes = runs.count == 1 ? runs[0].lanes(isFlame: isFlame, most: 24).count : 0
    let curves = runs.reduce(0) { $0 + 1 + $1.children.count }
    let height = 450 + lanes * 20 + (curves > 1 ? min(curves, 16) * 10 + 30 : 0)
    let title = heading
    var markup = Markup()
    markup.element("div", class: "peakline-plot") { root in
      root.styleSheet(
        ".peakline-plot img{display:none}"
          + "[data-jp-theme-light=false] .peakline-plot iframe,"
          + "body.vscode-dark .peakline-plot iframe{color-scheme:dark}"
          + "[data-jp-theme-light=true] .peakline-plot iframe,"
          + "body.vscode-light .peakline-plot iframe{color-scheme:light}")
      root.element(
        "iframe",
        attributes: [
          ("sandbox", "allow-scripts"), ("title", "Memory over time: \(title)"),
          ("style", "width:100%;height:\(height)px;border:0"), ("srcdoc", page()),
        ])
      root.element(
        "img",
        attributes: [
          ("alt", ([title] + sentences()).joined(separator: ". ")),
          ("src", "data:image/svg+xml;base64," + Data(svg().utf8).base64EncodedString()),
        ])
    }
    return markup.html + "\n"
  }
}
