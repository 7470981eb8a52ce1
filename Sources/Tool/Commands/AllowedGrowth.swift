// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import ArgumentParser

/// How much a figure may grow, as people write it: `5%`, `2.5 %`, `10MiB`, `0`.
struct AllowedGrowth: ExpressibleByArgument, Equatable {
  let allowance: Allowance
  /// Whether it is a size with its unit.
  let hasUnit: Bool
  /// As somebody wrote it.
  let words: String

  /// Whether it is a number that does not say of what.
  var isBareNumber: Bool {
    if case .amount(let amount) = allowance { !hasUnit && amount != 0 } else { false }
  }

  static let usual = AllowedGrowth(.percent(5), "5%")

  private init(_ allowance: Allowance, _ words: String) {
    self.allowance = allowance
    self.words = words
    hasUnit = false
  }

  var defaultValueDescription: String { words }

  init?(argument: String) {
    let text = argument.filter { $0 != " " }
    words = text
    if text.hasSuffix("%") {
      let digits = text.dropLast()
      guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
        let percent = Double(digits), percent.isFinite
      else { return nil }
      (allowance, hasUnit) = (.percent(percent), false)
    } else if text == "0" {
      (allowance, hasUnit) = (.amount(0), false)
    } else {
      guard let size = ByteSize(argument: text) else { return nil }
      hasUnit = !text.allSatisfy { $0.isASCII && $0.isNumber }
      allowance = .amount(size.bytes)
    }
  }
}
