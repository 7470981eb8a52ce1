// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Why a report cannot be shown: each case is one sentence that says what to do.
package enum ReportFailure: Error, Equatable, CustomStringConvertible {
  /// The JSON is not of the form that docs/format.md describes.
  case malformed(String)
  /// It is of a newer form, or of an older one.
  case otherSchema(Int)
  /// It holds something else than lines, a comparison, or tests.
  case unknownKind(String)
  /// It holds something else than tests.
  case notOfTests
  /// What it holds is not shown as HTML.
  case textOnly
  /// No column has that name.
  case unknownColumn(String)
  /// The columns need allocations to be counted, and they were not.
  case heapOnly(columns: [String], backend: String, available: [String])

  /// Whether the figures are at fault, and not what was asked of them.
  package var isAboutData: Bool {
    switch self {
    case .malformed, .otherSchema, .unknownKind, .notOfTests: true
    case .unknownColumn, .heapOnly, .textOnly: false
    }
  }

  package var description: String {
    switch self {
    case .malformed(let reason):
      "this is no report of Peakline's (\(reason)): "
        + "give it what 'peakline profile --json FILE' wrote"
    case .otherSchema(let number):
      "this report has schema \(number), and this Peakline reads schema \(Document.schema): "
        + "measure again, or use the Peakline that wrote it"
    case .unknownKind(let kind):
      "this report is of the kind '\(kind)', and this Peakline reads 'lines', 'comparison' and "
        + "'tests': use the Peakline that wrote it"
    case .notOfTests:
      "this is no report of tests: give it what 'pytest --peakline-json FILE' wrote, or two captures"
    case .textOnly:
      "a report of tests is shown as text only: leave out --html"
    case .unknownColumn(let name):
      "there is no column '\(name)': "
        + "choose from \(Column.allCases.map(\.rawValue).joined(separator: ", ")), or 'all' alone"
    case .heapOnly(let columns, let backend, let available):
      "\(columns.joined(separator: ", ")) \(columns.count == 1 ? "is" : "are") counted by the heap "
        + "backend only, and this report is of \(backend): "
        + "choose from \(available.joined(separator: ", "))"
    }
  }
}
