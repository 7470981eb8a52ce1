// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The bars of a line: what it added or gave back, and beyond that how far it stood above its start.
///
/// They are boxes of inline text, since those are what notebooks leave in place that they do not
/// trust. What was given back is hollow, what did not stay is light with an edge at its end, so that
/// all three differ without colour too.
struct LineBars {
  let axis: BarAxis
  /// Bytes; zero where the column is not shown.
  let increment: Int
  let ownPeak: Int
  let tones: (increment: Tone, ownPeak: Tone)

  static let backForm = "height:0.6em;border:1px solid;box-sizing:border-box"
  static let reachForm = "height:0.6em;border-right:2px solid;box-sizing:border-box"

  func write(to slot: inout Markup) {
    let back = increment < 0 ? visible(increment.magnitude) : 0
    let added = increment > 0 ? visible(increment.magnitude) : 0
    let peak = ownPeak > 0 ? visible(ownPeak.magnitude) : 0
    guard back > 0 || added > 0 || peak > 0 else { return }
    box(axis.position - back, "", "", &slot)
    box(back, "pk-bar pk-good-bar", Self.backForm, &slot)
    box(added, "pk-bar \(tones.increment.barClassName)", "border-bottom:0.6em solid", &slot)
    box(peak - added, "pk-bar pk-reach \(tones.ownPeak.barClassName)", Self.reachForm, &slot)
  }

  /// Shorter than this it would be a speck.
  private func visible(_ bytes: UInt) -> Double {
    let length = axis.length(of: bytes)
    return length >= axis.width / 128 ? length : 0
  }

  private func box(_ width: Double, _ kind: String, _ form: String, _ slot: inout Markup) {
    guard width > 0.004 else { return }
    let style = "display:inline-block;width:\(Markup.ems(width))" + (form.isEmpty ? "" : ";" + form)
    slot.element("span", class: kind, style: style)
  }
}
