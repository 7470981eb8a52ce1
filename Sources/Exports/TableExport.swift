// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Reports

/// The lines as CSV: the columns are the keys that lines have in the JSON of a report.
struct TableExport {
  private let view: CaptureView

  init(_ view: CaptureView) { self.view = view }

  func write(to take: @escaping ([UInt8]) -> Void) {
    var pieces = Pieces(take)
    pieces.append(
      [
        "file", "line", "function", "source", view.when.key, "standard_error", "blocks",
        "live_at_end", "live_standard_error", "allocated", "allocated_standard_error",
        "allocations", "temporary", "temporary_blocks",
      ].joined(separator: ","))
    pieces.endRow()
    for row in view.account.rows {
      pieces.append(place(row.place) + "," + figures(row.figures))
      pieces.endRow()
    }
    pieces.handOn()
  }

  /// File, line, function and source: the first two are empty for what is no line.
  private func place(_ place: Place) -> String {
    guard case .line(let file, let line, let function) = place else {
      return ",,\(Self.cell(view.name(place))),"
    }
    let source = view.source(place).map(Self.cell) ?? ""
    return "\(Self.cell(file)),\(line),\(Self.cell(function)),\(source)"
  }

  private func figures(_ figures: Figures) -> String {
    let number = JSONWriter.text
    let blocks = view.when.isFromTimeline ? "" : number(figures.heldBlocks)
    return [
      "\(figures.held)", number(figures.heldError), blocks, "\(figures.live)",
      number(figures.liveError), "\(figures.allocated)", number(figures.allocatedError),
      number(figures.allocations), "\(figures.temporary)", number(figures.temporaryBlocks),
    ].joined(separator: ",")
  }

  /// A text as a cell: in quotation marks where it needs them, a zero byte as its symbol, because
  /// readers end a text there.
  static func cell(_ text: String) -> String {
    guard text.utf8.contains(where: { [0, 10, 13, 34, 44].contains($0) }) else { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { result += "\"" }
      result.unicodeScalars.append(scalar == "\0" ? "\u{2400}" : scalar)
    }
    return result + "\""
  }
}
