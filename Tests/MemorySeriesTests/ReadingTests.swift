// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MemorySeries

/// What is read of files: ours, memory_profiler's, broken and foreign ones.
@Suite struct ReadingTests {
  private func read(_ text: String) -> MemorySeries { MemorySeries(text: Array(text.utf8)) }

  private func sample(_ mebibytes: Double, _ time: Double) -> MemorySeries.Sample {
    MemorySeries.Sample(time: time, mebibytes: mebibytes)
  }

  /// As memory_profiler writes it: the marks of the child before its parent's first flush.
  private let whole = """
    FUNC __main__.b 40.4219 1795212793.5963 50.4258 1795212793.7528 2
    FUNC __main__.a 40.4219 1795212793.5963 50.4258 1795212793.7528
    CMDLINE /venv/bin/python w.py 'two words'
    MEM 0.269531 1795212793.5513
    CHLD 1564 1.750000 1795212793.5520
    CHLD 1565 2.500000 1795212793.5520
    MEM 50.425781 1795212793.6516
    CHLD 1564 1.800000 1795212793.6520
    MEM 0.000000 1795212793.7520

    """

  @Test func `all kinds of record are read`() {
    let series = read(whole)
    #expect(series.commandLine == "/venv/bin/python w.py 'two words'")
    #expect(series.runs == 1)
    #expect(series.samples.map(\.mebibytes) == [0.269531, 50.425781, 0])
    #expect(series.samples.last?.time == 1_795_212_793.7520)
    #expect(series.children.map(\.processID) == ["1564", "1565"])
    #expect(
      series.children.first?.samples == [
        sample(1.75, 1_795_212_793.5520), sample(1.8, 1_795_212_793.6520),
      ])
    #expect(series.calls.map(\.name) == ["__main__.b", "__main__.a"])
    #expect(series.calls.map(\.level) == [2, nil])
    #expect(series.calls.first?.start == sample(40.4219, 1_795_212_793.5963))
    #expect(series.calls.first?.end == sample(50.4258, 1_795_212_793.7528))
    #expect(series.unreadable.count == 0)
    #expect(series.peak == 50.425781)
  }

  @Test func `a name may have blanks in it`() {
    let series = read("FUNC .two words 40.4219 5.0 50.4258 6.5 0\nFUNC .x 1 2 1.0 2.0 3.0 4.0\n")
    #expect(series.calls.map(\.name) == [".two words", ".x 1 2"])
    #expect(series.calls.map(\.level) == [0, nil])
  }

  @Test func `marks and spans have the rest of the line for a name`() {
    let series = read(
      """
      MARK 10.5000 5.0000 the data is there
      MARK 11.0000 6.0000 fit  the model
      MARK 11.0000 6.0000 fit  the model
      MARK 12.0000 7.0000 never ended
      SPAN 11.0000 6.0000 20.0000 9.5000 1 fit  the model
      SPAN 1.0000 2.0000 3.0000 4.0000 0 without a mark

      """)
    #expect(
      series.calls.map(\.name) == [
        "the data is there", "fit  the model", "fit  the model", "never ended", "without a mark",
      ])
    #expect(series.calls.map(\.kind) == [.instant, .instant, .span, .instant, .span])
    #expect(series.calls[2].start == sample(11, 6))
    #expect(series.calls[2].end == sample(20, 9.5))
    #expect(series.calls[2].level == 1)
    #expect(series.calls[3].start == series.calls[3].end)
    #expect(series.unreadable.count == 0)
  }

  @Test func `a file says whether the program's samples include its children`() {
    #expect(read("INCLUDES children\nMEM 1.0 2.0000\n").includesChildren)
    #expect(!read("MEM 1.0 2.0000\n").includesChildren)
  }

  @Test func `wherever a file is cut off the whole lines are read and the rest is said`() {
    let bytes = Array(whole.utf8)
    for length in 0..<bytes.count {
      let series = MemorySeries(text: Array(bytes[..<length]))
      let lines = bytes[..<length].count { $0 == 10 }
      let ends = length == 0 || bytes[length - 1] == 10
      let records =
        series.samples.count + series.calls.count + series.runs
        + series.children.reduce(0) { $0 + $1.samples.count }
      // A record that lacks its newline only, or a part of what it needs not have, is read.
      #expect(records + series.unreadable.count == lines + (ends ? 0 : 1), "\(length)")
      #expect(records >= lines, "\(length)")
      for sample in series.samples { #expect(sample.time > 1_795_212_793) }
    }
  }

  @Test func `it makes no difference in which pieces a file comes`() {
    let bytes = Array(whole.utf8)
    for size in 1...70 {
      var reader = SeriesReader()
      for start in stride(from: 0, to: bytes.count, by: size) {
        reader.read(Array(bytes[start..<min(start + size, bytes.count)]))
      }
      #expect(reader.finish() == read(whole), "\(size)")
    }
  }

  @Test func `lines that are no records are counted`() {
    let series = read("MEM 1.5 2.0000\n\nMEM\nMEM x 3.0\nMEM 1.0\nhello\nCHLD 1 2\nMEM 0x1p3 2\n")
    #expect(series.samples == [sample(1.5, 2)])
    #expect(series.unreadable.count == 7)
    #expect(series.unreadable.firstLine == 2)
    #expect(series.unreadable.sentence?.contains("7 lines") == true)
  }

  @Test func `kinds that are not known are left out without a word`() {
    let series = read("THREAD 5 1.0 2.0\nMEM 1.5 2.0000\n")
    #expect(series.samples.count == 1)
    #expect(series.unreadable.sentence == nil)
  }

  @Test func `foreign files have no records`() {
    for text in ["", "\n", "a,b\n1,2\n", "\u{7f}ELF\u{2}\u{1}\u{1}\n", "{\"a\": 1}"] {
      #expect(read(text).isEmpty, "\(text)")
    }
    #expect(MemorySeries(text: [0xFF, 0xFE, 0x4D, 0x20, 0x0A]).isEmpty)
  }

  @Test func `several runs in one file are one series, as they always were`() {
    let series = read("CMDLINE a\nMEM 1.0 2.0000\nCMDLINE b\nMEM 3.0 4.0000\n")
    #expect(series.runs == 2)
    #expect(series.commandLine == "b")
    #expect(series.samples.count == 2)
  }

  @Test func `other systems' line ends are none of the record's`() {
    #expect(read("CMDLINE a\r\nMEM 1.0 2.0000\r\n").commandLine == "a")
  }

  @Test(arguments: [
    "0.1", "1795212793.6516", "50.425781", "-3.25", "9007199254740993", "1e3",
    "123456789012345.678",
    "0.0000000000000000000000001", "5.", ".5",
  ])
  func `numbers are those that a correct parser gives`(text: String) {
    let bytes = Array(text.utf8)
    #expect(Decimals.number(bytes.span) == Double(text) ?? Double(text + "0"))
  }

  @Test func `what is no number is none`() {
    for text in ["", "-", ".", "1.2.3", "x", "nan", "inf", "0x10", "1 ", "--1"] {
      let bytes = Array(text.utf8)
      #expect(Decimals.number(bytes.span) == nil, "\(text)")
    }
  }
}
