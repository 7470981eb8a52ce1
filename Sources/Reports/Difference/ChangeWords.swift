// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What a figure is called, and how its changes are written.
struct ChangeWords {
  private let figure: Figure
  private let style: Style

  init(_ figure: Figure, style: Style) {
    self.figure = figure
    self.style = style
  }

  /// The figure in a sentence.
  var noun: String {
    switch figure {
    case .peak: "the peak"
    case .live: "what is live at the end"
    case .allocated: "what is allocated in all"
    case .allocations: "the number of allocations"
    }
  }

  /// The figure in a table of figures.
  var short: String {
    switch figure {
    case .peak: "Peak"
    case .live: "Live at end"
    case .allocated: "Allocated"
    case .allocations: "Allocations"
    }
  }

  /// What the table of lines has.
  var title: String {
    switch figure {
    case .peak: "At the peak, by line"
    case .live: "Live at the end, by line"
    case .allocated: "Allocated, by line"
    case .allocations: "Allocations, by line"
    }
  }

  /// What a whole is judged on: in sampled recordings, too, it is no estimate.
  var basis: String {
    switch figure {
    case .peak: "the height of the peak"
    case .live: "all that is live at the end"
    case .allocated: "all that is allocated"
    case .allocations: "the number of all allocations"
    }
  }

  // MARK: - Amounts

  func amount(_ amount: Int) -> String {
    figure.isBytes ? style.size(amount) : Digits.grouped(amount)
  }

  /// With the unit padded.
  func amountCell(_ amount: Int) -> String {
    figure.isBytes ? style.sizeCell(amount) : Digits.grouped(amount)
  }

  /// With its sign.
  func signed(_ amount: Int) -> String { (amount > 0 ? "+" : "") + self.amount(amount) }

  func signedCell(_ amount: Int) -> String { (amount > 0 ? "+" : "") + amountCell(amount) }

  /// The standard error of a change, in the unit of that; empty where it is not known.
  func error(_ change: Change) -> String {
    guard figure.isBytes, let error = change.error else { return "" }
    return style.error(error, beside: change.amount)
  }

  /// The change in hundredths of what was; empty where that was nothing.
  func percent(_ change: Change) -> String {
    guard let share = change.share else { return "" }
    let tenths = Int(clamped: (min(abs(share), 1e12) * 1000).rounded())
    let sign = change.amount > 0 ? "+" : change.amount < 0 ? "-" : ""
    if tenths < 100 { return "\(sign)\(tenths / 10).\(tenths % 10) %" }
    return sign + Digits.grouped(Int(clamped: (min(abs(share), 1e12) * 100).rounded())) + " %"
  }

  /// The figure at the beginning of a sentence; `isAbove` what was there before.
  func subject(isAbove: Bool) -> String {
    let noun = noun.prefix(1).uppercased() + noun.dropFirst()
    return isAbove ? "\(noun) above what was there before" : noun
  }

  /// A change and its share, as in "+41.0 MiB (+41 %)".
  func told(_ change: Change) -> String {
    let percent = percent(change)
    return signed(change.amount) + (percent.isEmpty ? "" : " (\(percent))")
  }

  /// How loud a change is beside the whole.
  func tone(_ change: Change, of whole: Int) -> Tone {
    if change.amount == 0 || change.isBeyondError == false { return .quiet }
    if change.amount < 0 { return .good }
    let share = Double(change.amount) / Double(max(1, whole))
    return share >= 0.1 ? .hot : share >= 0.01 ? .warm : .plain
  }

  /// What is said of a change that chance alone may have made.
  static let withinError = "within the error"
}
