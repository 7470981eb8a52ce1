// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The colours of curves: they differ in lightness too, and have a contrast of 3 to the page.
struct PlotPalette {
  let page: String
  let text: String
  let quiet: String
  let rule: String
  let peak: String
  /// The program's first; from the eighth on they begin again.
  let curves: [String]

  static let light = PlotPalette(
    page: Palette.light.page, text: "#1f2328", quiet: "#626a73", rule: "#d4d9df", peak: "#b3231b",
    curves: [
      "#0a5fb4", "#c2680b", "#7a3aa8", "#14804a", "#b83280", "#0b7f8f", "#7d6a00", "#5f6b7a",
    ])

  static let dark = PlotPalette(
    page: Palette.dark.page, text: "#e3e6ea", quiet: "#9ba4ae", rule: "#3a4048", peak: "#ff9488",
    curves: [
      "#6db3ff", "#f2a65a", "#c9a0f5", "#6fd39b", "#f492c7", "#5cc9d6", "#d9c65a", "#a3adb8",
    ])

  /// The declarations of the style sheet's variables.
  var variables: String {
    var pairs = [
      ("page", page), ("text", text), ("quiet", quiet), ("rule", rule), ("peak", peak),
    ]
    for (index, color) in curves.enumerated() { pairs.append(("c\(index)", color)) }
    return pairs.map { "--pl-\($0.0):\($0.1)" }.joined(separator: ";")
  }
}
