// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The outline of a shape, as SVG's `d` has it.
struct SVGPath {
  private(set) var text = ""

  mutating func move(_ x: Double, _ y: Double) { add("M", x, y) }
  mutating func line(_ x: Double, _ y: Double) { add("L", x, y) }
  mutating func close() { text += "Z" }

  /// To a tenth: less than a dot of any screen.
  static func number(_ value: Double) -> String { Decimal.text(value, decimals: 1) }

  private mutating func add(_ command: String, _ x: Double, _ y: Double) {
    text += "\(command)\(Self.number(x)) \(Self.number(y))"
  }
}

extension Markup {
  /// A picture, as wide as its surroundings; one without a label says nothing that figures beside it
  /// do not.
  ///
  /// It holds no text: where notebooks take pictures away, their texts would be left.
  mutating func picture(
    width: Double, height: Double, label: String? = nil, style: String = "",
    _ content: (inout Markup) -> Void
  ) {
    let said =
      label.map { [("role", "img"), ("aria-label", DisplayWidth.shown($0))] }
      ?? [("aria-hidden", "true")]
    let box = "0 0 \(SVGPath.number(width)) \(SVGPath.number(height))"
    element(
      "svg",
      attributes: [("class", "pk-picture")] + said
        + [("viewBox", box), ("preserveAspectRatio", "none"), ("style", style)], content)
  }

  /// A rectangle of one colour.
  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, kind: String, fill: Double = 1
  ) {
    element(
      "rect",
      attributes: [
        ("class", kind), ("x", SVGPath.number(x)), ("y", SVGPath.number(y)),
        ("width", SVGPath.number(width)), ("height", SVGPath.number(height)),
        ("fill", "currentColor"), ("fill-opacity", Decimal.text(fill, decimals: 2)),
      ])
  }

  /// A shape of one colour: filled, or drawn as a line that is as thick in any size.
  ///
  /// Where the style sheet is missing, it has the colour of the text.
  mutating func path(
    _ path: SVGPath, kind: String, fill: Double? = nil, width: Double = 0, dashes: String = ""
  ) {
    guard !path.text.isEmpty else { return }
    var attributes = [("class", kind), ("d", path.text)]
    if let fill {
      attributes += [("fill", "currentColor"), ("fill-opacity", Decimal.text(fill, decimals: 2))]
    } else {
      attributes += [
        ("fill", "none"), ("stroke", "currentColor"), ("stroke-width", SVGPath.number(width)),
        ("vector-effect", "non-scaling-stroke"),
      ]
      if !dashes.isEmpty { attributes.append(("stroke-dasharray", dashes)) }
    }
    element("path", attributes: attributes)
  }
}
