// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The one door of this module: JSON in, text out.
///
/// It does no input or output of its own.
package enum Report {
  /// The text of a report, ending in a newline.
  ///
  /// `columns` are those of the table of lines; a comparison leaves no choice.
  package static func text(
    json: [UInt8], columns: ColumnChoice = .usual, style: Style
  ) throws(ReportFailure) -> String {
    let lines =
      switch try Document(json: json) {
      case .lines(let profile): try profile.report(columns, style: style)
      case .comparison(let comparison): comparison.report(style: style)
      }
    return lines.map { $0 + "\n" }.joined()
  }
}
