// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MemorySeries

/// Peaks, and the forms for other programs.
@Suite struct PeakTests {
  private let series = MemorySeries(
    text: Array(
      """
      CMDLINE sh -c 'a, "b"'
      MEM 1.0 10.0000
      MEM 5.0 11.0000
      MEM 3.0 12.0000
      CHLD 7 2.0 11.0000
      CHLD 7 4.0 12.0000
      FUNC m.f 1.0 9.5000 1.5 10.5000 0
      FUNC m.f 3.0 11.5000 3.0 12.5000 0
      FUNC m.short 4.5 11.2000 4.0 11.3000 1
      UNSEEN 9.0 12.0000

      """.utf8))

  @Test func `the peak is of all samples, of a function only of those while it ran`() {
    #expect(series.peak == 5)
    #expect(series.peak(during: "m.f") == 3)
    #expect(series.peak(during: "m.short") == 4.5)
    #expect(series.peak(during: "m.none") == nil)
    #expect(series.children.first?.peak == 4)
    #expect(series.unseenBound == 9)
    #expect(MemorySeries().peak == nil)
  }

  @Test(arguments: [
    (50.4257812, "50.426 MiB"), (0, "0.000 MiB"), (-1.5, "-1.500 MiB"), (1e6, "1000000.000 MiB"),
  ])
  func `amounts have three decimals`(amount: Double, expected: String) {
    #expect(Mebibytes.text(amount) == expected)
    #expect(Mebibytes.text(nil) == "NaN MiB")
    #expect(Mebibytes.text(.nan) == "NaN MiB")
  }

  @Test func `CSV has a row for each record`() {
    let rows = String(decoding: SeriesExport.csv(series), as: UTF8.self).split(separator: "\n")
    #expect(rows.first == "kind,name,time,mib,end_time,end_mib,level")
    #expect(rows.contains("memory,,10.0,1.0,,,"))
    #expect(rows.contains("child,7,11.0,2.0,,,"))
    #expect(rows.contains("function,m.short,11.2,4.5,11.3,4.0,1"))
    #expect(rows.contains("unseen,,12.0,9.0,,,"))
    #expect(rows.count == 10)
  }

  @Test func `JSON has everything, quoted as it must be`() {
    let text = String(decoding: SeriesExport.json(series, file: "a\"b\n.dat"), as: UTF8.self)
    #expect(text.hasPrefix("{\"schema\": 1, \"file\": \"a\\\"b\\n.dat\", "))
    #expect(text.contains("\"command_line\": \"sh -c 'a, \\\"b\\\"'\", \"peak\": 5.0, "))
    #expect(
      text.contains("\"memory\": {\"time\": [10.0, 11.0, 12.0], \"mib\": [1.0, 5.0, 3.0]}"))
    #expect(text.contains("\"unseen_at_most\": 9.0, \"unreadable_lines\": 0}\n"))
  }
}
