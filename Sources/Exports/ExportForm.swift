// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Reports

/// The forms that other programs read: docs/format.md says what each holds.
package enum ExportForm: String, CaseIterable, Sendable {
  case pprof, speedscope, collapsed, csv, json

  /// Whether it has one value in the first place, or only one.
  package var hasValue: Bool { self != .csv && self != .json }

  /// Whether it is no text.
  package var isBinary: Bool { self == .pprof }

  /// Writes a capture; `take` gets it piece by piece.
  ///
  /// `value` is the one that stands first, or alone; nil for the usual. `program` is who writes. What
  /// the form has no place for is left out and counted.
  package func write(
    _ view: CaptureView, _ value: ExportValue? = nil, by program: String,
    to take: @escaping ([UInt8]) -> Void
  ) -> LeftOut {
    var leftOut = LeftOut()
    switch self {
    case .pprof:
      var export = PprofExport(view, take)
      export.write(first: value ?? .held)
    case .speedscope:
      SpeedscopeExport(view).write(value, by: program, to: take, &leftOut)
    case .collapsed:
      CollapsedExport(view).write(value ?? .held, to: take, &leftOut)
    case .csv:
      TableExport(view).write(to: take)
    case .json:
      CaptureReport.summary.json(view, to: take)
    }
    return leftOut
  }
}

/// Stacks with less than nothing, for which a flame graph has no place: those that decreased.
package struct LeftOut: Equatable, Sendable {
  package private(set) var stacks = 0
  package private(set) var bytes = 0

  package init() {}

  mutating func add(_ value: Int) {
    stacks += 1
    bytes = bytes.plus(value)
  }
}
