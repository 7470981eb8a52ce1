// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureTestSupport
import FoundationEssentials
import Testing

@testable import CaptureReader

/// Captures that were made apart become one.
@Suite struct FamilyJoiningTests {
  /// Of another machine: its clock has begun at another time, and its process may have any number.
  private func worker(
    _ number: Int, from begin: Double, to end: Double, booted: Int, _ steps: [(Double, Int)],
    peak: (Double, Int)? = nil
  ) -> CaptureBuilder {
    var builder = CaptureBuilder.process(number, parent: 1, "worker", from: begin, to: end)
    builder.header.begin += booted
    let thread = builder.thread("MainThread", number)
    let line = builder.calls(thread, "<module> work.py:2")
    let last = steps.last?.1 ?? 0
    let highest = peak ?? steps.max { $0.1 < $1.1 } ?? (0, 0)
    let counters = builder.holds(line, atPeak: highest.1, live: last, allocated: 5000, blocks: 5)
    builder.header.peak = highest.1
    builder.header.peakMoment = Int(highest.0 * 1e9)
    builder.header.live = last
    var before = 0
    for (second, live) in steps {
      builder.change(counters, until: second, live: before)
      builder.moment(second, live: live)
      before = live
    }
    return builder
  }

  private func joined(
    _ builders: [CaptureBuilder], _ body: (Capture, String) throws -> Void
  ) throws {
    var files: [String: [UInt8]] = [:]
    for (index, builder) in builders.enumerated() { files["\(index)"] = builder.bytes() }
    try withFolder(files) { folder in
      let output = folder + "/all.peakline"
      try FamilyJoining.join(builders.indices.map { "\(folder)/\($0)" }, to: output)
      try body(try Capture(path: output), output)
    }
  }

  private func atPeak(_ capture: Capture) -> [Int] {
    capture.processes.map { one in one.counters.reduce(0) { $0 + capture.counters[$1].atPeak } }
  }

  @Test func `the joint peak is when all together had most, by the time of day`() throws {
    // The second began three seconds later; its monotonic clock knows nothing of the first's.
    let one = worker(40, from: 0, to: 10, booted: 0, [(0, 100), (4, 900), (6, 200)])
    let two = worker(40, from: 3, to: 9, booted: -4_000_000_000_000, [(0, 50), (2, 700), (5, 10)])
    try joined([one, two]) { capture, _ in
      #expect(capture.header.flags & CaptureFlags.joined != 0)
      #expect(capture.header.peak == 1600)
      #expect(capture.header.peakBound < 1600)
      let seconds = Double(capture.header.peakMoment) / 1e9
      #expect(seconds > 5 && seconds < 6)
      #expect(atPeak(capture) == [900, 700])
      #expect(capture.processes.map(\.name) == ["40", "40-2"])
      #expect(capture.processes.map(\.begin) == [0, 3_000_000_000])
      #expect(capture.header.live == 210)
      #expect(capture.duration == 10)
    }
  }

  @Test func `who had a higher peak of its own at another time is in it with what it held then`()
    throws
  {
    let one = worker(40, from: 0, to: 10, booted: 0, [(0, 1000), (2, 600), (8, 0)])
    let two = worker(41, from: 0, to: 10, booted: 0, [(0, 0), (4, 700), (6, 0)])
    try joined([one, two]) { capture, _ in
      #expect(capture.header.peak == 1300)
      #expect(atPeak(capture) == [600, 700])
      #expect(capture.processes.map(\.header.peak) == [1000, 700])
      let held = capture.counters.filter { $0.atPeak == 600 }
      #expect(held.map(\.blocksAtPeak) == [0.6])
    }
  }

  @Test func `peaks that do not meet are not added up`() throws {
    let one = worker(40, from: 0, to: 4, booted: 0, [(0, 10), (1, 900), (2, 10)])
    let two = worker(41, from: 5, to: 9, booted: 0, [(0, 10), (1, 800), (2, 10)])
    try joined([one, two]) { capture, _ in
      #expect(capture.header.peak == 900)
      #expect(atPeak(capture) == [900, 0])
    }
  }

  @Test func `short peaks within one step may have been one after the other, which is said`() throws
  {
    let steps = [(0.0, 100), (5, 100), (5.2, 100)]
    let one = worker(40, from: 0, to: 10, booted: 0, steps, peak: (5.001, 900))
    let two = worker(41, from: 0, to: 10, booted: 0, steps, peak: (5.008, 800))
    try joined([one, two]) { capture, _ in
      #expect(capture.header.peak == 1700)
      #expect(capture.header.peakBound == 700)
      #expect(atPeak(capture) == [900, 800])
      #expect(capture.header.step == 10)
    }
  }

  @Test func `one process of it is as it was`() throws {
    let one = worker(40, from: 0, to: 10, booted: 0, [(0, 100), (4, 900), (6, 200)])
    let two = worker(41, from: 3, to: 9, booted: 77, [(0, 50), (2, 700), (5, 10)])
    try joined([one, two]) { _, path in
      let alone = try Capture(path: path, process: "41")
      #expect(alone.header.peak == 700)
      #expect(alone.counters.map(\.atPeak) == [0, 700])
      #expect(alone.header.startTime == two.header.startTime)
    }
  }

  @Test func `joining what was joined joins its members`() throws {
    let three = [0, 1, 2].map { number in
      worker(40 + number, from: Double(number), to: 8, booted: 0, [(0, 100), (1, 300), (5, 0)])
    }
    try joined(three) { whole, path in
      try withFolder(["first": three[0].bytes(), "second": three[1].bytes()]) { folder in
        try FamilyJoining.join(["\(folder)/first", "\(folder)/second"], to: "\(folder)/two")
        try withFolder(["third": three[2].bytes()]) { other in
          try FamilyJoining.join(["\(folder)/two", "\(other)/third"], to: "\(other)/all")
          let again = try Capture(path: "\(other)/all")
          #expect(again.header.peak == whole.header.peak)
          #expect(again.processes.map(\.name) == whole.processes.map(\.name))
          #expect(again.processes.map(\.begin) == whole.processes.map(\.begin))
          #expect(atPeak(again) == atPeak(whole))
        }
      }
      #expect(whole.header.peak == 900)
    }
  }

  @Test func `one capture alone is copied`() throws {
    let one = worker(40, from: 0, to: 10, booted: 0, [(0, 100), (4, 900)])
    try withFolder(["one": one.bytes()]) { folder in
      try FamilyJoining.join(["\(folder)/one"], to: "\(folder)/copy")
      let copy = try Data(contentsOf: URL(filePath: "\(folder)/copy"))
      #expect([UInt8](copy) == one.bytes())
    }
  }

  @Test func `what is no capture is refused, and nothing is written`() throws {
    let one = worker(40, from: 0, to: 10, booted: 0, [(0, 100)])
    let files = ["one": one.bytes(), "text": Array("no capture at all".utf8)]
    try withFolder(files) { folder in
      let failed = #expect(throws: FamilyJoining.Failed.self) {
        try FamilyJoining.join(["\(folder)/one", "\(folder)/text"], to: "\(folder)/all")
      }
      #expect(failed?.path == "\(folder)/text")
      #expect(failed?.failure == .notCapture)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names == ["one", "text"])
    }
  }
}
