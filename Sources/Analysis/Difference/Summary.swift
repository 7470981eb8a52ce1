// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// What a recording has in all.
struct Summary: Sendable {
  let header: CaptureHeader
  let lines: Figures
  let otherThreads: Figures
  private let baselineAtPeak: Int

  init(_ side: Side) {
    header = side.capture.header
    lines = side.account.sum
    otherThreads = side.account.otherThreads
    baselineAtPeak = side.account.baseline
  }

  func total(_ figure: Figure) -> Int { figure.total(header) }

  func baseline(_ figure: Figure) -> Int {
    switch figure {
    case .peak: baselineAtPeak
    case .live: min(header.baseline, max(0, left(.live)))
    case .allocated, .allocations: 0
    }
  }

  func unexplained(_ figure: Figure) -> Int { left(figure).minus(baseline(figure)) }

  private func left(_ figure: Figure) -> Int {
    total(figure).minus(lines.amount(figure)).minus(otherThreads.amount(figure))
  }
}
