// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension Plot {
  /// What tells our pages from others, near their beginning.
  package static let pageMark = #"<meta name="generator" content="Peakline">"#

  /// A page of its own with the plot on it: one file, which asks the network for nothing.
  ///
  /// Where scripts do not run, it shows the picture that `svg` gives.
  package func page() -> String {
    let title = DisplayWidth.fit(heading, to: 200, mark: "…")
    var body = Markup()
    body.element("main") { main in
      main.element("h1") { $0.text(title.isEmpty ? "Memory over time" : title) }
      for sentence in sentences() { main.element("p") { $0.text(sentence) } }
      for note in notes { main.element("p", class: "quiet") { $0.text(note) } }
      main.element("div", class: "bar") { bar in
        for button in Self.buttons { bar.button(button) }
      }
      main.element(
        "div",
        attributes: [
          ("id", "area"), ("tabindex", "0"), ("role", "group"),
          ("aria-label", "Plot: left and right point, + and - zoom, 0 shows all, p is the peak"),
        ]
      ) { area in
        area.element(
          "canvas",
          attributes: [
            ("id", "chart"), ("role", "img"),
            ("aria-label", ([title] + sentences()).joined(separator: ". ")),
          ])
        area.element("canvas", attributes: [("id", "overlay"), ("aria-hidden", "true")])
        area.element(
          "canvas",
          attributes: [("id", "lanes"), ("role", "img"), ("aria-label", "When functions ran")])
        area.element(
          "div", attributes: [("id", "readout"), ("role", "status"), ("hidden", "hidden")])
      }
      main.element("div", attributes: [("id", "legend")])
      main.element("div", attributes: [("id", "still")]) { $0.append(picture: svg()) }
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      \(Self.pageMark)
      <title>\(Markup.escaped(title)) – memory over time</title>
      <style>\(Self.themes)\(Web.plotStyle)</style>
      </head>
      <body>
      \(body.html)
      <script type="application/json" id="data">\(PlotData.json(self))</script>
      <script type="module">
      \(Web.plotScript)</script>
      </body>
      </html>

      """
  }

  fileprivate struct Button {
    var id: String
    var label: String
    var title: String
    var isSwitch = false
  }

  private static let buttons = [
    Button(id: "peak", label: "Peak", title: "Point at the peak (p)"),
    Button(id: "in", label: "Zoom in", title: "Or draw a stretch with the mouse (+)"),
    Button(id: "out", label: "Zoom out", title: "Show twice as much (-)"),
    Button(id: "all", label: "Whole run", title: "Or a double click (0)"),
    Button(
      id: "stack", label: "Stacked",
      title: "Processes on one another; what they share counts in each, unless pss was sampled",
      isSwitch: true),
    Button(
      id: "zero", label: "From zero", title: "Where the axis of memory begins", isSwitch: true),
    Button(id: "theme", label: "Light or dark", title: "Change the colours"),
  ]

  /// The colours, light and dark, as the style sheet's variables.
  static var themes: String {
    let (light, dark) = (PlotPalette.light.variables, PlotPalette.dark.variables)
    return ":root{color-scheme:light dark;\(light)}"
      + "@media(prefers-color-scheme:dark){:root{\(dark)}}"
      + ":root[data-theme=light]{color-scheme:light;\(light)}"
      + ":root[data-theme=dark]{color-scheme:dark;\(dark)}\n"
  }

  /// What is not on the page, and how much more there was.
  private var notes: [String] {
    var notes: [String] = []
    if runs.contains(where: { ([$0.program] + $0.children).contains(where: \.isThinned) }) {
      let length = (window.upperBound - window.lowerBound) / Double(Most.slices / runs.count)
      notes.append(
        "\(Digits.grouped(samples)) samples; drawn are the first, last, highest and lowest of each "
          + "\(Decimal.text(length, decimals: length < 0.1 ? 4 : 1)) s of the program, and of longer "
          + "stretches of its children: what lies between is not on this page")
    }
    let hidden = runs.reduce(0) { $0 + $1.hiddenSpans }
    if hidden > 0 { notes.append("\(Digits.grouped(hidden)) shorter calls are not drawn") }
    if isWindow {
      notes.append(
        "from \(Decimal.moment(window.lowerBound)) to \(Decimal.moment(window.upperBound))")
    }
    return notes
  }
}

extension Markup {
  fileprivate mutating func button(_ button: Plot.Button) {
    var attributes = [
      (name: "id", value: button.id), (name: "type", value: "button"),
      (name: "title", value: button.title),
    ]
    if button.isSwitch { attributes.append((name: "aria-pressed", value: "false")) }
    element("button", attributes: attributes) { $0.text(button.label) }
  }
}
