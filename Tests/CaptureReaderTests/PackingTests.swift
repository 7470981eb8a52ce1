// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureTestSupport
import FoundationEssentials
import Testing

@testable import CaptureReader

/// The packed form: that nothing is lost in it, and that no bytes are trusted.
@Suite struct PackingTests {
  private static func packed(_ builder: CaptureBuilder) throws -> [UInt8] {
    try #require(Packing.packed(builder.bytes()))
  }

  private static func failure(_ bytes: [UInt8]) -> CaptureFailure? {
    do throws(CaptureFailure) {
      _ = try Capture(bytes: bytes)
      return nil
    } catch {
      return error
    }
  }

  private static func large() -> CaptureBuilder {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    for index in 0..<10_000 {
      let stack = builder.stack(below: main, builder.function("f\(index)", "a.py"), line: index)
      builder.holds(stack, atPeak: index % 5 * 100, live: index * 7 % 1000, variance: 0.5)
      builder.change(UInt32(index), until: Double(index), live: index)
    }
    return builder
  }

  @Test func `a packed capture is read as the live one`() throws {
    for builder in [CaptureBuilder(), .nightJob(), .shortJob(), Self.large()] {
      let live = builder.bytes()
      let packed = try #require(Packing.packed(live))
      #expect(packed.count * 20 < live.count)
      let one = try Tables(.memory(live), CaptureHeader(checking: .memory(live)))
      let other = try Tables(.memory(packed), CaptureHeader(checking: .memory(packed)))
      for number in 1...CaptureTable.last {
        let table = try #require(CaptureTable(rawValue: number))
        let count = Int(try Capture(bytes: live).header.counts[number]) * table.stride
        let bytes = try one.entries(table, UInt8.self, count: count, zero: 0)
        #expect(bytes.count == count)
        #expect(try other.entries(table, UInt8.self, count: count, zero: 0) == bytes)
      }
      let capture = try Capture(bytes: packed)
      #expect(capture.fileSize == packed.count)
      #expect(!capture.isCutShort)
      #expect(capture.damagedEntries == (try Capture(bytes: live).damagedEntries))
    }
  }

  @Test func `what is not whole, or packed, is not packed`() throws {
    let live = Self.large().bytes()
    #expect(Packing.packed(Array(live.dropLast(100_000))) == nil)
    #expect(Packing.packed(try Self.packed(Self.large())) == nil)
    #expect(Packing.packed([]) == nil)
    var odd = live
    // More counters than the file has.
    let place = 168 + 4 * CaptureTable.counters.rawValue
    odd[place + 2] = 0x7F
    #expect(Packing.packed(odd) == nil)
  }

  @Test func `any words come back as they were`() throws {
    let seed = UInt64.random(in: 1 ... .max)
    var random = SeededNumbers(seed: seed)
    for round in 0..<300 {
      let stride = [4, 8, 12, 16, 32, 128].randomElement(using: &random) ?? 4
      let count = [1, 2, 3, 50, 2047, 2048, 2049, 5000].randomElement(using: &random) ?? 1
      let entries = Entries(bytes: Self.bytes(stride, count, &random), stride: stride)
      let columns = try #require(TablePacker.pack(entries), "seed \(seed), round \(round)")
      #expect(columns.map { Int($0.column.width) }.reduce(0, +) == stride)
      for (column, bytes) in columns { #expect(Int(column.bytes) == bytes.count) }
    }
  }

  /// Entries whose words are of many kinds: constant, counting, small, reals, wild, those of others.
  private static func bytes(_ stride: Int, _ count: Int, _ random: inout SeededNumbers) -> [UInt8] {
    let kinds = (0..<stride / 4).map { _ in Int.random(in: 0..<9, using: &random) }
    var words: [UInt32] = []
    for entry in 0..<count {
      var place = 0
      while place < kinds.count {
        let wide: UInt64? =
          switch kinds[place] {
          case 0: Double(Int.random(in: -3...1000, using: &random)).bitPattern
          case 1: Double(entry).bitPattern
          case 2: [.max, 1 << 63, 0x7FF8_0000_0000_0000, 0].randomElement(using: &random) ?? 0
          case 3: UInt64(entry * 3_000_000_000)
          default: nil
          }
        if let wide, place + 1 < kinds.count {
          words += [UInt32(truncatingIfNeeded: wide), UInt32(truncatingIfNeeded: wide >> 32)]
          place += 2
          continue
        }
        switch kinds[place] {
        case 4: words.append(77)
        case 5: words.append(UInt32(entry) &* 5)
        case 6: words.append(UInt32.random(in: 0..<4, using: &random))
        case 7: words.append((words.last ?? 0) &* 3)
        default: words.append(UInt32(truncatingIfNeeded: random.next()))
        }
        place += 1
      }
    }
    return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  /// The examples of docs/format.md.
  @Test(arguments: [
    ([100, 101, 102, 103, 104, 105, 103], PackedPrediction.before.rawValue, "C9 01 03 01 04 04"),
    ([0, 0, 0, 0, 0, 0, 4096], PackedPrediction.zero.rawValue, "01 06 81 40"),
  ])
  func `the page's examples are what is written and read`(
    numbers: [Int], prediction: UInt8, text: String
  ) throws {
    let page =
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path + "/docs/format.md"
    let row = "| \(numbers.map(String.init).joined(separator: " ")) | \(prediction) |"
    let rows = String(decoding: try Data(contentsOf: URL(filePath: page)), as: UTF8.self)
      .split(separator: "\n").filter { $0.hasPrefix(row) && $0.hasSuffix("| `\(text)` |") }
    #expect(rows.count == 1)
    let bytes = text.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    var column = PackedColumn()
    column.prediction = prediction
    column.bytes = UInt32(bytes.count)
    var writer = ColumnWriter(column)
    writer.write(numbers, 0..<7, keys: [])
    writer.finish()
    #expect(writer.bytes == bytes)
    var reader = ColumnReader(column, at: 0, entries: 7)
    var read = [Int](repeating: 0, count: 7)
    #expect(reader.read(bytes, 0..<7, keys: [], into: &read))
    #expect(read == numbers)
  }

  @Test func `the largest difference is kept too`() throws {
    let words: [UInt64] = [1 << 63, 0, 1 << 63, .max, 1 << 62]
    let bytes = words.flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
    }
    #expect(TablePacker.pack(Entries(bytes: bytes, stride: 8)) != nil)
  }

  // MARK: - Bytes that nobody wrote

  @Test func `a packed capture that was cut off, or goes on, is refused`() throws {
    let packed = try Self.packed(.shortJob())
    for count in [12, 100, 295] { #expect(Self.failure(Array(packed.prefix(count))) != nil) }
    for count in [320, 324, 343] {
      #expect(Self.failure(Array(packed.prefix(count))) == .cutOff(bytes: count))
    }
    for count in [344, 345, packed.count - 1] {
      let failure = Self.failure(Array(packed.prefix(count)))
      #expect(failure == .incomplete(bytes: count, of: packed.count))
    }
    #expect(Self.failure(packed + [0]) == .damaged("it goes on behind its end"))
  }

  @Test func `a packed capture of which any byte has changed is refused`() throws {
    let packed = try Self.packed(.shortJob())
    for place in stride(from: PackedForm.bodyStart, to: packed.count, by: 3) {
      var odd = packed
      odd[place] ^= 1 << UInt8(place % 8)
      #expect(Self.failure(odd) == .damaged("its bytes are not those that were written"))
    }
  }

  /// A table of one column, with an entry.
  private struct Described {
    var packing = PackingHeader()
    var table = PackedTable()
    var column = PackedColumn()

    init(bytes: Int) {
      packing.tables = 1
      packing.columns = 1
      table.number = UInt32(CaptureTable.counters.rawValue)
      table.stride = 128
      table.entries = 1
      table.columns = 1
      column.bytes = UInt32(bytes)
    }
  }

  /// The failure of a capture with a table that is described so, and changed.
  private static func failure(
    stream: [UInt8] = [0], _ change: (inout Described) -> Void
  ) -> CaptureFailure? {
    var header = CaptureHeader()
    header.version = PackedForm.version
    header.counts[CaptureTable.counters.rawValue] = .max
    var one = Described(bytes: stream.count)
    change(&one)
    var file = raw(header) + raw(one.packing) + raw(one.table) + raw(one.column) + stream
    Packing.complete(&file)
    return failure(file)
  }

  private static func raw<Value: BitwiseCopyable>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value) { Array($0) }
  }

  @Test func `sizes that are said are not believed`() {
    #expect(Self.failure { _ in } == nil)
    let bomb = CaptureFailure.damaged("it would unpack to more than a capture can hold")
    // A zero, and that it comes again four billion times.
    let zeros: [UInt8] = [0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 15]
    for entries: UInt32 in [1000, 1 << 16, .max] {
      #expect(Self.failure(stream: zeros) { $0.table.entries = entries } == bomb)
    }
    // It is large itself, and would be larger than captures are.
    let large = [UInt8](repeating: 0, count: 8_000_000)
    #expect(Self.failure(stream: large) { $0.table.entries = 7_800_000 } == nil)
    #expect(Self.failure(stream: large) { $0.table.entries = 8_000_000 } == bomb)
  }

  @Test func `tables and columns that are none are refused`() {
    let none = CaptureFailure.damaged("its table 4 is none")
    #expect(Self.failure { $0.table.stride = 64 } == none)
    #expect(Self.failure { $0.column.place = 121 } == none)
    #expect(Self.failure { $0.column.place = .max } == none)
    #expect(Self.failure { $0.column.width = 3 } == none)
    #expect(Self.failure { $0.column.kind = 2 } == none)
    #expect(Self.failure { $0.column.prediction = 6 } == none)
    #expect(Self.failure { $0.column.prediction = PackedPrediction.alike.rawValue } == none)
    #expect(
      Self.failure {
        $0.column.kind = PackedKind.real.rawValue
        $0.column.width = 4
      } == none)
    #expect(Self.failure { $0.column.bytes = 2 } == .damaged("a column goes on behind its end"))
    #expect(
      Self.failure { $0.packing.tables = .max } == .damaged("its tables go on behind its end"))
    #expect(
      Self.failure { $0.packing.columns = .max } == .damaged("its tables go on behind its end"))
    #expect(
      Self.failure { $0.table.columns = 2 }
        == .damaged("its tables have more columns than there are"))
    // What a later version may add is passed over.
    #expect(
      Self.failure {
        $0.table.number = 99
        $0.table.stride = 12
      } == nil)
  }

  @Test func `numbers that are none are refused`() {
    let odd = CaptureFailure.damaged("its table 4 does not unpack")
    let streams: [[UInt8]] = [
      [], [0x80], [1], [1, 0], [1, 2],
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
    ]
    for stream in streams { #expect(Self.failure(stream: stream) { _ in } == odd) }
    #expect(Self.failure(stream: [1, 1]) { _ in } == nil)
    #expect(
      Self.failure(stream: [UInt8](repeating: 0, count: 7)) {
        $0.column.prediction = PackedPrediction.stored.rawValue
      } == odd)
  }
}
