// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A series in forms that other programs read; `docs/format.md` describes both.
package enum SeriesExport {
  /// One row a record, with a heading; MiB and seconds since the epoch.
  ///
  /// Columns that a kind of row has no use for are empty.
  package static func csv(_ series: MemorySeries) -> [UInt8] {
    var bytes: [UInt8] = []
    func row(_ cells: String...) {
      for (index, cell) in cells.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append(cell)
      }
      bytes.append(10)
    }
    /// A cell with a comma, a quotation mark or a newline in it is put in quotation marks.
    func append(_ cell: String) {
      guard cell.utf8.contains(where: { [10, 13, 34, 44].contains($0) }) else {
        bytes.append(contentsOf: cell.utf8)
        return
      }
      bytes.append(34)
      for byte in cell.utf8 {
        if byte == 34 { bytes.append(34) }
        bytes.append(byte)
      }
      bytes.append(34)
    }
    row("kind", "name", "time", "mib", "end_time", "end_mib", "level")
    for sample in series.samples {
      row("memory", "", "\(sample.time)", "\(sample.mebibytes)", "", "", "")
    }
    for child in series.children {
      for sample in child.samples {
        row("child", child.processID, "\(sample.time)", "\(sample.mebibytes)", "", "", "")
      }
    }
    for call in series.calls {
      row(
        call.kind.rawValue, call.name, "\(call.start.time)", "\(call.start.mebibytes)",
        "\(call.end.time)", "\(call.end.mebibytes)", call.level.map { "\($0)" } ?? "")
    }
    for sample in series.unseen {
      row("unseen", "", "\(sample.time)", "\(sample.mebibytes)", "", "", "")
    }
    return bytes
  }

  /// One object; samples are two columns of equal length.
  package static func json(_ series: MemorySeries, file: String) -> [UInt8] {
    var text = SeriesJSON()
    text.object {
      $0.value("schema", "1")
      $0.value("file", SeriesJSON.quoted(file))
      $0.value("command_line", series.commandLine.map(SeriesJSON.quoted) ?? "null")
      $0.value("peak", SeriesJSON.number(series.peak))
      $0.columns("memory", series.samples)
      $0.list("children", series.children) { writer, child in
        writer.value("pid", SeriesJSON.quoted(child.processID))
        writer.value("peak", SeriesJSON.number(child.peak))
        writer.columns("memory", child.samples)
      }
      $0.list("functions", series.calls) { writer, call in
        writer.value("kind", SeriesJSON.quoted(call.kind.rawValue))
        writer.value("name", SeriesJSON.quoted(call.name))
        writer.value("start", SeriesJSON.number(call.start.time))
        writer.value("end", SeriesJSON.number(call.end.time))
        writer.value("mib_at_start", SeriesJSON.number(call.start.mebibytes))
        writer.value("mib_at_end", SeriesJSON.number(call.end.mebibytes))
        writer.value("level", call.level.map { "\($0)" } ?? "null")
      }
      $0.value("unseen_at_most", SeriesJSON.number(series.unseenBound))
      $0.value("unreadable_lines", "\(series.unreadable.count)")
    }
    return text.bytes + [10]
  }
}
