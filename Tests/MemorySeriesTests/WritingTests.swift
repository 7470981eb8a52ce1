// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MemorySeries

/// What is written, byte for byte.
@Suite struct WritingTests {
  private func text(_ fill: (inout SeriesWriter) -> Void) -> String {
    var writer = SeriesWriter()
    fill(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private let time = WallTime(nanosecondsSinceEpoch: 1_795_212_793_651_649_999)

  @Test func `records are as memory_profiler's`() {
    #expect(text { $0.memory(Kibibytes(51_636), at: time) } == "MEM 50.425781 1795212793.6516\n")
    #expect(
      text { $0.child(1564, Kibibytes(1792), at: time) } == "CHLD 1564 1.750000 1795212793.6516\n")
    #expect(text { $0.unseen(Kibibytes(0), at: time) } == "UNSEEN 0.000000 1795212793.6516\n")
    #expect(
      text { $0.command(["a b", "c", "d\te", "f'g"]) } == "CMDLINE 'a b' c 'd\te' f'g\n")
  }

  @Test func `an argument with a newline begins no record`() {
    #expect(text { $0.command(["sh", "-c", "a\nMEM 1 2"]) } == "CMDLINE sh -c 'a MEM 1 2'\n")
  }

  @Test func `six decimals are rounded to the even one in the middle`() {
    // 1/1024 = 0.0009765625, 8/1024 = 0.0078125, 24/1024 = 0.0234375
    for (kibibytes, expected) in [
      (1, "0.000977"), (8, "0.007812"), (24, "0.023438"), (1023, "0.999023"), (0, "0.000000"),
      (1 << 30, "1048576.000000"),
    ] {
      #expect(
        text { $0.memory(Kibibytes(kibibytes), at: time) } == "MEM \(expected) 1795212793.6516\n")
    }
  }

  @Test func `times are rounded to a tenth of a millisecond`() {
    let time = WallTime(nanosecondsSinceEpoch: 1_999_999_999_999_950_000)
    #expect(text { $0.memory(Kibibytes(0), at: time) } == "MEM 0.000000 2000000000.0000\n")
  }

  @Test func `what is written is read again`() {
    var writer = SeriesWriter()
    writer.command(["prog", "x"])
    for index in 0..<1000 {
      let time = WallTime(nanosecondsSinceEpoch: 1_795_212_793_000_000_000 + index * 1_000_000)
      writer.memory(Kibibytes(index * 4), at: time)
      writer.child(7, Kibibytes(index), at: time)
    }
    let series = MemorySeries(text: writer.bytes)
    #expect(series.samples.count == 1000 && series.unreadable.count == 0)
    for (index, sample) in series.samples.enumerated() {
      #expect(abs(sample.mebibytes - Double(index) / 256) < 1e-6)
      #expect(abs(sample.time - 1_795_212_793 - Double(index) / 1000) < 1e-4)
    }
  }

  @Test func `the usual name and its line in the list`() {
    let name = SeriesName.usual(year: 2026, month: 11, day: 20, hour: 22, minute: 3, second: 5)
    #expect(name == "mprofile_20261120220305.dat")
    #expect(SeriesName.isUsual(name))
    #expect(
      SeriesName.listing(index: 0, name: name)
        == "0 mprofile_20261120220305.dat 22:03:05 20/11/2026")
    for other in ["mprofile_.dat", "mprofile_2026112022030.dat", "x" + name, name + "x", "a.dat"] {
      #expect(!SeriesName.isUsual(other), "\(other)")
    }
  }
}
