// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader
import CaptureTestSupport
import Testing

/// What is a capture, and what is said of what is not.
@Suite struct OpeningTests {
  @Test func `a capture is read as it was written`() throws {
    var builder = CaptureBuilder(command: "python job.py", folder: "/home", interval: 1 << 19)
    let main = builder.thread("MainThread", 4711)
    builder.holds(builder.calls(main, "<module> job.py:3", "load load.py:12"), atPeak: 5, live: 2)
    let capture = try Capture(bytes: builder.bytes())
    #expect(capture.command == "python job.py")
    #expect(capture.folder == "/home")
    #expect(capture.isSampled)
    #expect(capture.stacks.map(\.parent) == [0, 0, 1, 2])
    #expect(capture.functions.map { capture.texts[$0.name] } == ["", "<module>", "load"])
    #expect(capture.counters.map(\.atPeak) == [0, 5])
    #expect(capture.damagedEntries == 0)
    #expect(!capture.isCutShort)
  }

  @Test func `tables of many chunks are read in the order of the file`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    var last = main
    for index in 0..<10_000 {
      last = builder.stack(below: main, builder.function("f\(index)", "a.py"), line: index)
      builder.holds(last, live: index + 1)
    }
    let capture = try Capture(bytes: builder.bytes())
    #expect(capture.header.chunks > 20)
    #expect(capture.counters.map(\.live) == Array(0...10_000))
    #expect(capture.texts[capture.functions[10_000].name] == "f9999")
  }

  @Test func `what is no capture is told in a sentence`() throws {
    func failure(_ bytes: [UInt8]) -> CaptureFailure? {
      do throws(CaptureFailure) {
        _ = try Capture(bytes: bytes)
        return nil
      } catch {
        return error
      }
    }
    let good = CaptureBuilder().bytes()
    #expect(failure([]) == .empty)
    #expect(failure(Array("{\"schema\": 2}".utf8)) == .notCapture)
    for count in [8, 100, 320, 65_535] {
      #expect(failure(Array(good.prefix(count))) == .cutOff(bytes: count))
    }
    var other = good
    other[8] = 7
    #expect(failure(other) == .otherVersion(7))
    other = good
    other[14] = 2
    #expect(failure(other) == .damaged("its chunks are of 131072 bytes"))
    other = good
    other[18] = 0xFF
    #expect(failure(other)?.description.hasSuffix("chunks): record again") == true)
    #expect(failure(good) == nil)
  }

  @Test func `files that are none are told apart`() throws {
    func failure(_ path: String) -> CaptureFailure? {
      do throws(CaptureFailure) {
        _ = try Capture(path: path)
        return nil
      } catch {
        return error
      }
    }
    #expect(failure("/") == .isFolder)
    #expect(failure("/dev/zero") == .notCapture)
    #expect(failure("/nowhere/at/all") == .cannotRead("No such file or directory"))
  }

  @Test func `a file that was cut off gives what is left of it`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    for line in 1...5000 {
      builder.holds(builder.stack(below: main, builder.function("f", "a.py"), line: line), live: 1)
    }
    let whole = builder.bytes()
    let capture = try Capture(bytes: Array(whole.prefix(whole.count - 200_000)))
    #expect(capture.isCutShort)
    #expect(capture.counters.count < 5001)
    #expect(capture.counters.count > 1000)
  }

  @Test func `a parent is always smaller than its child`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    let one = builder.calls(main, "f a.py:1")
    let two = builder.calls(one, "g a.py:2")
    builder.stacks[Int(one)].parent = two
    builder.stacks[Int(two)].function = 1 << 30
    builder.holds(two, live: 1)
    builder.counters[1].stack = .max
    let capture = try Capture(bytes: builder.bytes())
    #expect(capture.stacks.map(\.parent) == [0, 0, 0, one])
    #expect(capture.stacks[Int(two)].function == 0)
    #expect(capture.counters[1].stack == 0)
    #expect(capture.damagedEntries == 3)
  }

  @Test func `moments are put in order, each once`() throws {
    var builder = CaptureBuilder()
    for (second, live) in [(2, 20), (1, 10), (2, 20), (3, 30), (1, 10)] {
      builder.moment(Double(second), live: live)
    }
    let capture = try Capture(bytes: builder.bytes())
    #expect(capture.moments.map(\.live) == [10, 20, 30])
  }

  @Test func `odd numbers become figures that can be added`() throws {
    var builder = CaptureBuilder()
    let stack = builder.calls(builder.thread("MainThread", 1), "f a.py:1")
    builder.holds(stack, atPeak: .max, live: .min)
    builder.counters[1].allocations = .nan
    builder.counters[1].liveVariance = -.infinity
    builder.header.peak = .min
    builder.header.droppedForRoom = -1
    let capture = try Capture(bytes: builder.bytes())
    #expect(capture.counters[1].atPeak == 1 << 50)
    #expect(capture.counters[1].live == -(1 << 50))
    #expect(capture.counters[1].allocations == 0)
    #expect(capture.counters[1].liveVariance == 0)
    #expect(capture.header.peak == 0)
    #expect(capture.header.droppedForRoom == 0)
  }

  @Test func `a text that is longer than any that was written is cut`() throws {
    var builder = CaptureBuilder()
    let written = builder.text(String(repeating: "x", count: 4096))
    let odd = builder.text(String(repeating: "y", count: 100_000))
    let capture = try Capture(bytes: builder.bytes())
    #expect(capture.texts[written].utf8.count == 4096)
    #expect(capture.texts[odd].utf8.count == 8192)
  }

  @Test func `texts that are none are empty`() throws {
    var builder = CaptureBuilder()
    let number = builder.text("é\u{0}x")
    let capture = try Capture(bytes: builder.bytes())
    #expect(capture.texts[number] == "é\u{0}x")
    for odd: UInt32 in [0, 1, number + 1, 1 << 20, .max, .max - 3] {
      #expect(capture.texts[odd] == "")
    }
  }
}
