// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureTestSupport
import FoundationEssentials
import Testing

@testable import CaptureReader

/// What is added to a capture when its process has ended, and that nothing is lost meanwhile.
@Suite struct SealingTests {
  /// Runs with the path of a file that holds a capture.
  private func withFile(_ builder: CaptureBuilder, _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path
    let path = "\(folder)/peakline-\(UInt64.random(in: 0 ... .max)).peakline"
    try Data(builder.bytes()).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func job() -> CaptureBuilder {
    var builder = CaptureBuilder(folder: "/home")
    let main = builder.thread("MainThread", 1)
    let stack = builder.calls(main, "<module> job.py:2", "f lib/a.py:3")
    builder.holds(stack, atPeak: 100)
    builder.holds(builder.calls(main, "g /abs/b.py:1"), atPeak: 7)
    builder.header.state = CaptureState.recording
    builder.header.exitKind = CaptureExit.unknown
    return builder
  }

  private func disk(_ path: String) -> SourceFile? {
    switch path {
    case "/home/job.py": SourceFile(text: Array("import a\na.f()\n".utf8), modified: 0)
    case "/home/lib/a.py": SourceFile(text: Array("1\r\n2\r\nx = [é]".utf8), modified: 0)
    default: nil
    }
  }

  @Test func `the texts of all lines are added, and how the process ended`() throws {
    try withFile(job()) { path in
      let before = try Capture(path: path)
      #expect(Ending(before.header, isRunning: false) == .withoutEnd)
      #expect(try Sealing.seal(path: path, exit: .signal(9), disk: disk) == 2)
      let after = try Capture(path: path)
      #expect(Ending(after.header, isRunning: false) == .killed(signal: 9))
      let sources = SourceLines(after, disk: { _ in nil })
      #expect(sources.text("job.py", 2) == "a.f()")
      #expect(sources.text("lib/a.py", 3) == "x = [é]")
      #expect(sources.text("/abs/b.py", 1) == nil)
      #expect(after.counters.map(\.atPeak) == before.counters.map(\.atPeak))
      #expect(!after.isCutShort)
    }
  }

  @Test func `sealing again changes nothing but the status`() throws {
    try withFile(job()) { path in
      try Sealing.seal(path: path, exit: nil, disk: disk)
      let first = try Data(contentsOf: URL(filePath: path))
      #expect(try Sealing.seal(path: path, exit: nil, disk: disk) == 0)
      #expect(try Data(contentsOf: URL(filePath: path)) == first)
      try Sealing.seal(path: path, exit: .status(3), withSources: false)
      #expect(Ending(try Capture(path: path).header, isRunning: false) == .exited(3))
    }
  }

  @Test func `what was interrupted is done again`() throws {
    try withFile(job()) { path in
      let whole = try Capture(path: path)
      try Sealing.seal(path: path, exit: nil, disk: disk)
      // As if the texts had been counted, and the sources had not.
      var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
      let counts = try #require(MemoryLayout<CaptureHeader>.offset(of: \CaptureHeader.counts))
      for index in 0..<4 { bytes[counts + 4 * CaptureTable.sources.rawValue + index] = 0 }
      try Data(bytes).write(to: URL(filePath: path))
      #expect(try Sealing.seal(path: path, exit: nil, disk: disk) == 2)
      let after = try Capture(path: path)
      #expect(SourceLines(after, disk: { _ in nil }).text("job.py", 2) == "a.f()")
      #expect(after.header.chunks == whole.header.chunks + 1)
    }
  }

  @Test func `files that were changed since are left out, and so is what is too much`() throws {
    var builder = job()
    builder.header.startTime = 1000
    try withFile(builder) { path in
      let added = try Sealing.seal(path: path, exit: nil) { path in
        path.hasSuffix("a.py")
          ? SourceFile(text: Array("1\n2\n3".utf8), modified: 1001) : disk(path)
      }
      #expect(added == 1)
    }
    let capture = try Capture(bytes: builder.bytes())
    let few = SourceChoice.lines(of: capture, most: 40, disk: disk)
    #expect(few.map(\.text) == ["a.f()"])
  }

  /// Each state that an interruption leaves behind is that of before or has all of what is new.
  @Test func `many texts are written over many chunks`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    let function = builder.function("f", "a.py")
    for line in 1...6000 {
      builder.holds(builder.stack(below: main, function, line: line), atPeak: line)
    }
    let text = (1...6000).map { "x\($0) = '\(String(repeating: "é", count: $0 % 90))'" }
    try withFile(builder) { path in
      let added = try Sealing.seal(path: path, exit: .status(0)) { _ in
        SourceFile(text: Array(text.joined(separator: "\n").utf8), modified: 0)
      }
      #expect(added == 6000)
      let sources = SourceLines(try Capture(path: path), disk: { _ in nil })
      for line in 1...6000 where sources.text("a.py", line) != text[line - 1] {
        Issue.record("line \(line)")
      }
    }
  }

  @Test func `the texts of files on the disk are used where the capture has none`() throws {
    var builder = job()
    builder.source("job.py", 2, "kept")
    builder.header.startTime = 5
    let sources = SourceLines(try Capture(bytes: builder.bytes())) { path in
      path == "/home/job.py" ? SourceFile(text: Array("one\ntwo".utf8), modified: 6) : nil
    }
    #expect(sources.text("job.py", 2) == "kept")
    #expect(sources.changedFiles.isEmpty)
    #expect(sources.text("job.py", 1) == "one")
    #expect(sources.text("job.py", 3) == nil)
    #expect(sources.text("other.py", 1) == nil)
    #expect(sources.changedFiles == ["job.py"])
  }

  @Test func `what is no source is not read`() {
    for path in ["/dev/zero", "/", "/nowhere", "<string>", ""] {
      #expect(SourceFile(path: path).map { $0.count } == nil)
    }
    #expect(SourceFile(path: #filePath)?.count ?? 0 > 100)
  }
}
