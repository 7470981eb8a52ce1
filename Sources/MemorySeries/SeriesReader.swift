// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the text of an mprof file: ours, memory_profiler's, one that was cut off, or none at all.
///
/// One record a line, the first word its kind, words separated by single blanks:
///
///     CMDLINE python job.py
///     MEM 50.425781 1795212793.6516
///     CHLD 1564 1.750000 1795212801.6909
///     FUNC __main__.load 40.4219 1795212793.5963 50.4258 1795212793.7528 0
///     UNSEEN 12.500000 1795212793.7528
///     INCLUDES children
///     MARK 50.4258 1795212793.7528 the data is there
///     SPAN 40.4219 1795212793.5963 50.4258 1795212793.7528 0 load the data
///
/// The name of a mark or a span is the rest of its line. A span begins as a mark, so that it is known
/// where the program did not live to its end; the mark is dropped when the span is read.
///
/// Kinds that are not known are left out, as memory_profiler leaves them out; a known kind whose
/// figures cannot be read is counted. A file is taken in pieces, of which only a line that goes from one
/// to the next is kept.
package struct SeriesReader {
  private var series = MemorySeries()
  private var places: [String: Int] = [:]
  /// Where the marks stand that may be the beginnings of spans.
  private var marks: [Mark: [Int]] = [:]
  private var lineNumber = 0
  /// The beginning of a line whose end is still to come.
  private var begun: [UInt8] = []

  private struct Mark: Hashable {
    var name: String
    var time: Double
  }

  package init() {}

  /// Takes the next bytes of the file.
  package mutating func read(_ bytes: [UInt8]) {
    let text = bytes.span
    var start = 0
    for index in text.indices where text[index] == UInt8(ascii: "\n") {
      if begun.isEmpty {
        read(line: text.extracting(start..<index), isEnded: true)
      } else {
        let line = begun + bytes[start..<index]
        begun = []
        read(line: line.span, isEnded: true)
      }
      start = index + 1
    }
    begun += bytes[start...]
  }

  /// What the file says, when all of it has been read.
  package mutating func finish() -> MemorySeries {
    let line = begun
    begun = []
    if !line.isEmpty { read(line: line.span, isEnded: false) }
    return series
  }

  /// One line, without its newline.
  ///
  /// One that the file ends in without a newline may lack digits: a time that is cut off is another
  /// time.
  private mutating func read(line whole: Span<UInt8>, isEnded: Bool) {
    lineNumber += 1
    let hasReturn = !whole.isEmpty && whole[whole.count - 1] == UInt8(ascii: "\r")
    let line = hasReturn ? whole.extracting(0..<(whole.count - 1)) : whole
    let kindEnd = Self.blank(in: line, from: 0)
    guard kindEnd > 0, kindEnd < line.count, Self.isKind(line.extracting(0..<kindEnd)) else {
      series.unreadable.note(line: lineNumber)
      return
    }
    let rest = line.extracting((kindEnd + 1)...)
    guard isEnded || Self.hasFourDecimals(rest) || line[0] == UInt8(ascii: "F") || kindEnd == 7
    else {
      series.unreadable.note(line: lineNumber)
      return
    }
    let isRead =
      switch (line[0], kindEnd) {
      case (UInt8(ascii: "M"), 3) where Self.starts(line, with: "MEM"): sample(rest)
      case (UInt8(ascii: "C"), 4) where Self.starts(line, with: "CHLD"): child(rest)
      case (UInt8(ascii: "F"), 4) where Self.starts(line, with: "FUNC"): call(rest)
      case (UInt8(ascii: "C"), 7) where Self.starts(line, with: "CMDLINE"): command(rest)
      case (UInt8(ascii: "U"), 6) where Self.starts(line, with: "UNSEEN"): unseen(rest)
      case (UInt8(ascii: "I"), 8) where Self.starts(line, with: "INCLUDES"): includes(rest)
      case (UInt8(ascii: "M"), 4) where Self.starts(line, with: "MARK"): mark(rest)
      case (UInt8(ascii: "S"), 4) where Self.starts(line, with: "SPAN"): span(rest)
      default: true
      }
    if !isRead { series.unreadable.note(line: lineNumber) }
  }

  // MARK: - Kinds of record

  private mutating func sample(_ words: Span<UInt8>) -> Bool {
    guard let sample = Self.sample(words) else { return false }
    series.samples.append(sample)
    return true
  }

  private mutating func unseen(_ words: Span<UInt8>) -> Bool {
    guard let sample = Self.sample(words) else { return false }
    series.unseen.append(sample)
    return true
  }

  private mutating func child(_ words: Span<UInt8>) -> Bool {
    let end = Self.blank(in: words, from: 0)
    guard end > 0, end < words.count, let sample = Self.sample(words.extracting((end + 1)...))
    else { return false }
    let processID = Self.text(words.extracting(0..<end))
    if let place = places[processID] {
      series.children[place].samples.append(sample)
    } else {
      places[processID] = series.children.count
      series.children.append(MemorySeries.Child(processID: processID, samples: [sample]))
    }
    return true
  }

  private mutating func command(_ words: Span<UInt8>) -> Bool {
    series.commandLine = Self.text(words)
    series.runs += 1
    return true
  }

  private mutating func includes(_ words: Span<UInt8>) -> Bool {
    series.includesChildren = true
    return true
  }

  private mutating func mark(_ words: Span<UInt8>) -> Bool {
    guard let (figures, name) = Self.named(words, figures: 2) else { return false }
    let moment = MemorySeries.Sample(time: figures[1], mebibytes: figures[0])
    marks[Mark(name: name, time: moment.time), default: []].append(series.calls.count)
    series.calls.append(
      MemorySeries.Call(kind: .instant, name: name, start: moment, end: moment, level: 0))
    return true
  }

  private mutating func span(_ words: Span<UInt8>) -> Bool {
    guard let (figures, name) = Self.named(words, figures: 5) else { return false }
    let call = MemorySeries.Call(
      kind: .span, name: name,
      start: MemorySeries.Sample(time: figures[1], mebibytes: figures[0]),
      end: MemorySeries.Sample(time: figures[3], mebibytes: figures[2]),
      level: Int(exactly: figures[4]))
    if let place = marks[Mark(name: name, time: figures[1])]?.popLast() {
      series.calls[place] = call
    } else {
      series.calls.append(call)
    }
    return true
  }

  /// So many figures, and the rest of the line.
  private static func named(_ words: Span<UInt8>, figures: Int) -> ([Double], String)? {
    var found: [Double] = []
    var start = 0
    while found.count < figures {
      let end = blank(in: words, from: start)
      guard end < words.count, let figure = Self.figure(words.extracting(start..<end)) else {
        return nil
      }
      found.append(figure)
      start = end + 1
    }
    return (found, text(words.extracting(start...)))
  }

  /// The figures are counted from the end, because old files have names with blanks in them.
  private mutating func call(_ words: Span<UInt8>) -> Bool {
    var ends: [Int] = []
    var figures: [Double] = []
    var end = words.count
    while figures.count < 5, end > 0 {
      let start = Self.wordStart(in: words, before: end)
      guard start > 0, let figure = Self.figure(words.extracting(start..<end)) else { break }
      figures.append(figure)
      ends.append(start - 1)
      end = start - 1
    }
    // Five with a whole number last: the level. Memory and time are always written with decimals.
    let last = words.extracting(Self.wordStart(in: words, before: words.count)...)
    let hasLevel = figures.count == 5 && !last.indices.contains { last[$0] == UInt8(ascii: ".") }
    let needed = hasLevel ? 5 : 4
    guard figures.count >= needed else { return false }
    let name = Self.text(words.extracting(0..<ends[needed - 1]))
    let numbers = Array(figures[(needed - 4)..<needed].reversed())
    series.calls.append(
      MemorySeries.Call(
        name: name,
        start: MemorySeries.Sample(time: numbers[1], mebibytes: numbers[0]),
        end: MemorySeries.Sample(time: numbers[3], mebibytes: numbers[2]),
        level: hasLevel ? Int(exactly: figures[0]) : nil))
    return true
  }

  // MARK: - Words

  /// A figure; what is beyond all memory and all time is none.
  private static func figure(_ text: Span<UInt8>) -> Double? {
    guard let figure = Decimals.number(text), abs(figure) < 1e12 else { return nil }
    return figure
  }

  /// Memory and time.
  private static func sample(_ words: Span<UInt8>) -> MemorySeries.Sample? {
    let end = blank(in: words, from: 0)
    guard end < words.count, let mebibytes = figure(words.extracting(0..<end)),
      let time = figure(words.extracting((end + 1)...))
    else { return nil }
    return MemorySeries.Sample(time: time, mebibytes: mebibytes)
  }

  private static func blank(in bytes: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] != UInt8(ascii: " ") { index += 1 }
    return index
  }

  private static func wordStart(in bytes: Span<UInt8>, before end: Int) -> Int {
    var index = end
    while index > 0, bytes[index - 1] != UInt8(ascii: " ") { index -= 1 }
    return index
  }

  /// Whether the text ends as all times do.
  private static func hasFourDecimals(_ text: Span<UInt8>) -> Bool {
    text.count > 5 && text[text.count - 5] == UInt8(ascii: ".")
  }

  /// Whether the word could be a kind of record at all: capitals only.
  private static func isKind(_ word: Span<UInt8>) -> Bool {
    for index in word.indices where word[index] &- 65 >= 26 { return false }
    return true
  }

  private static func starts(_ bytes: Span<UInt8>, with word: StaticString) -> Bool {
    // Safe: a static string has as many bytes as it says, and the caller has compared the lengths.
    let letters = unsafe UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    for index in 0..<word.utf8CodeUnitCount where unsafe letters[index] != bytes[index] {
      return false
    }
    return true
  }

  private static func text(_ bytes: Span<UInt8>) -> String {
    unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

extension MemorySeries {
  /// What the bytes of a file say.
  package init(text: [UInt8]) {
    var reader = SeriesReader()
    reader.read(text)
    self = reader.finish()
  }
}
