// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Testing

@testable import Reports

/// Captures that are broken in every way: each is reported, or refused in a sentence.
@Suite struct CaptureFuzzTests {
  private static let rounds = 600

  @Test(.timeLimit(.minutes(5)), arguments: 0..<2, [false, true])
  func `whatever the bytes, there is a report or a sentence`(part: Int, isPacked: Bool) throws {
    let seed = UInt64.random(in: 1 ... .max)
    var random = SeededNumbers(seed: seed)
    let live = [CaptureBuilder.nightJob().bytes(), CaptureBuilder.shortJob().bytes()]
    let originals = isPacked ? live.compactMap(Packing.packed) : live
    var read = 0
    var last: Capture?
    for round in 0..<Self.rounds {
      var bytes = originals[Int.random(in: 0..<2, using: &random)]
      Self.mutate(&bytes, &random)
      // Else the sum would refuse all.
      if isPacked { Packing.complete(&bytes) }
      guard let capture = try? Capture(bytes: bytes) else { continue }
      read += 1
      Self.check(capture, seed, round)
      Self.report(capture, &random)
      if let last { Self.compare(last, capture, &random) }
      last = capture
    }
    // Most of it must get through the door, or nothing behind it is tried.
    #expect(read > Self.rounds / (isPacked ? 8 : 4), "seed \(seed)")
  }

  /// Breaks some of it: bits, words that mean something, the end.
  private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededNumbers) {
    let size = CaptureFormat.chunkSize
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      guard bytes.count > 400 else { return }
      // Mostly where something stands: the header, the directory, the beginnings of tables.
      let chunk = Int.random(in: 0..<max(1, bytes.count / size), using: &random) * size
      let place =
        switch Int.random(in: 0..<8, using: &random) {
        case 0: Int.random(in: 12..<400, using: &random)
        case 1: CaptureFormat.directoryOffset + Int.random(in: 0..<64, using: &random)
        case 2: Int.random(in: 0..<bytes.count, using: &random)
        default: chunk + Int.random(in: 0..<2500, using: &random)
        }
      guard place + 8 <= bytes.count else { continue }
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 2: put(UInt64(UInt32.random(in: 0...20, using: &random)), 4, place / 4 * 4, &bytes)
      case 3: put(random.next(), 8, place / 8 * 8, &bytes)
      case 4:
        let odd: [UInt64] = [
          .max, 1 << 63, 0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0,
          0xFFF0_0000_0000_0000, 1 << 32, 0x7FEF_FFFF_FFFF_FFFF,
        ]
        put(odd.randomElement(using: &random) ?? 0, 8, place / 8 * 8, &bytes)
      default:
        if Int.random(in: 0..<20, using: &random) == 0 {
          bytes.removeLast(Int.random(in: 0..<bytes.count - 300, using: &random))
        }
      }
    }
  }

  private static func put(_ word: UInt64, _ count: Int, _ place: Int, _ bytes: inout [UInt8]) {
    for index in 0..<count { bytes[place + index] = UInt8(truncatingIfNeeded: word >> (8 * index)) }
  }

  /// What whoever follows indices relies on.
  private static func check(_ capture: Capture, _ seed: UInt64, _ round: Int) {
    let isSound =
      capture.stacks.enumerated().allSatisfy { index, stack in
        (index == 0 || Int(stack.parent) < index)
          && (stack.function == 0 || Int(stack.function) < capture.functions.count)
      } && capture.counters.allSatisfy { $0.stack == 0 || Int($0.stack) < capture.stacks.count }
      && capture.changes.allSatisfy { Int($0.counters) < capture.counters.count }
    #expect(isSound, "seed \(seed), round \(round)")
  }

  /// The difference of two of them, in some form.
  private static func compare(_ before: Capture, _ after: Capture, _ random: inout SeededNumbers) {
    let selection = Bool.random(using: &random) ? Selection() : Selection(hide: ["site-packages"])
    guard let before = try? CaptureView(before, .peak, selection),
      let after = try? CaptureView(after, .peak, selection)
    else { return }
    let view = DifferenceView(
      before: DifferenceView.Part(name: "old", capture: before),
      after: DifferenceView.Part(name: "new", capture: after),
      by: Figure.allCases.randomElement(using: &random) ?? .peak)
    let report = DifferenceReport(
      limit: [nil, 1, .max].randomElement(using: &random) ?? nil,
      stacks: Bool.random(using: &random), allowance: .percent(5))
    let style = Style(width: [nil, 40, 90].randomElement(using: &random) ?? nil, bars: true)
    _ = report.text(view, style: style)
    _ = report.markdown(view, style: style)
    _ = report.json(view)
    _ = PageDocument(PageData(PageSubject(view))).text
  }

  private static func report(_ capture: Capture, _ random: inout SeededNumbers) {
    let selection = [
      Selection(), Selection(hide: ["site-packages"]), Selection(only: ["data*"]),
      Selection(thread: "MainThread"),
    ].randomElement(using: &random)
    let when: [When] = [.peak, .end, .at(2), .window(1, 3)]
    guard
      let account = try? Account(
        capture, when.randomElement(using: &random) ?? .peak, selection ?? Selection())
    else { return }
    let view = CaptureView(
      capture: capture, account: account, sources: SourceLines(capture, disk: { _ in nil }),
      ending: Ending(capture.header, isRunning: false))
    let reports = CaptureReport.all.map(\.report)
    let report = reports.randomElement(using: &random) ?? .summary
    let style = Style(width: [nil, 40, 90].randomElement(using: &random) ?? nil, bars: true)
    _ = report.text(view, style: style)
    _ = report.json(view)
    var live = LiveModel(LiveLook(view: view, elapsed: 0), style.width ?? 130, 30)
    for page in ["", "i", "^1", "/a"] {
      live.type(page)
      _ = live.screen()
      _ = live.press(.enter)
      _ = live.screen()
    }
  }
}
