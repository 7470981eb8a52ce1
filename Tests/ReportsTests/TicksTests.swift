// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

@Suite struct TicksTests {
  @Test(arguments: [
    (100.0, ["0", "20", "40", "60", "80", "100"], "MiB"),
    (0.9, ["0", "200", "400", "600", "800"], "KiB"),
    (3000.0, ["0", "1", "2"], "GiB"),
    (7.0, ["0", "2", "4", "6"], "MiB"),
  ])
  func `memory has round numbers in the unit that suits`(
    highest: Double, texts: [String], unit: String
  ) {
    let ticks = Ticks(memoryTo: highest, steps: 5)
    #expect(ticks.ticks.map(\.text) == texts)
    #expect(ticks.unit == unit)
  }

  @Test(arguments: [
    (0.0, 10.0, ["0", "2", "4", "6", "8", "10"], "s"),
    (2.5, 4.5, ["2.5", "3.0", "3.5", "4.0", "4.5"], "s"),
    (0.0, 0.04, ["0", "10", "20", "30", "40"], "ms"),
    (0.0, 600.0, ["0", "2", "4", "6", "8", "10"], "min"),
    (0.0, 43200.0, ["0", "3", "6", "9", "12"], "h"),
    (0.0, 864_000.0, ["0", "2", "4", "6", "8", "10"], "days"),
  ])
  func `times are in seconds, minutes, hours or days`(
    from: Double, to: Double, texts: [String], unit: String
  ) {
    let ticks = Ticks(times: from...to, steps: 5)
    #expect(ticks.ticks.map(\.text) == texts)
    #expect(ticks.unit == unit)
  }

  @Test func `moments are said as people say them`() {
    #expect(Decimal.moment(0.123) == "0.12 s")
    #expect(Decimal.moment(12.34) == "12.3 s")
    #expect(Decimal.moment(185) == "3 min 05 s")
    #expect(Decimal.moment(11220) == "3 h 07 min")
    #expect(Decimal.moment(.infinity) == "?")
  }
}
