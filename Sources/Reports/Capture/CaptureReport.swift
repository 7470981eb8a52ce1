// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The reports of a capture: what to ask of a view, as text or as JSON.
///
/// They do no output of their own; sources are read as far as they are shown.
package enum CaptureReport: Equatable, Sendable {
  case summary
  /// The lines of source files; `all` of them, or those that matter.
  case lines(all: Bool)
  /// The calls, so many deep; `reverse`: from what holds to what called.
  case tree(reverse: Bool, depth: Int?)
  case leaks
  case stats

  /// The text, ending in a newline.
  package func text(_ view: CaptureView, style: Style) -> String {
    let rows =
      switch self {
      case .summary: SummaryReport(view, style: style).rows()
      case .lines(let all): SourceReport(view, style: style, all: all).rows()
      case .tree(let reverse, let depth):
        TreeReport(view, style: style, reverse: reverse, depth: depth).rows()
      case .leaks: LeaksReport(view, style: style).rows()
      case .stats: StatsReport(view, style: style).rows()
      }
    return rows.map { $0 + "\n" }.joined()
  }

  /// The document that docs/format.md describes, ending in a newline; `take` gets it piece by piece.
  package func json(_ view: CaptureView, to take: @escaping ([UInt8]) -> Void) {
    let document = CaptureDocument(view)
    JSONWriter.document(to: take) { document.write(self, to: &$0) }
  }
}
