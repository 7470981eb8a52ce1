// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The one door of this module: JSON in, text or HTML out.
///
/// It does no input or output of its own.
package enum Report {
  /// The text of a report, ending in a newline.
  ///
  /// `columns` are those of the tables of lines.
  package static func text(
    json: [UInt8], columns: ColumnChoice = .usual, style: Style
  ) throws(ReportFailure) -> String {
    let lines =
      switch try Document(json: json) {
      case .lines(let profile): try profile.report(columns, style: style)
      case .comparison(let comparison):
        comparison.report(style: style) + (try comparison.linesReport(columns, style: style))
      case .tests(let run): run.report(style: style)
      }
    return lines.map { $0 + "\n" }.joined()
  }

  /// A report as one element of HTML with a style of its own, ending in a newline.
  ///
  /// It is all ASCII, so that it reads the same in a page of any encoding. `precision`: decimals of
  /// sizes in MiB; nil for the unit that suits each size.
  package static func html(
    json: [UInt8], columns: ColumnChoice = .usual, precision: Int? = nil
  ) throws(ReportFailure) -> String {
    let style = Style(precision: precision)
    let content =
      switch try Document(json: json) {
      case .lines(let profile): try profile.html(columns, style: style)
      case .comparison(let comparison): try comparison.html(columns, style: style)
      case .tests: throw ReportFailure.textOnly
      }
    return fragment(content).html + "\n"
  }
}
