// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureTestSupport
import FoundationEssentials
import Glibc
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

  // MARK: - Packing

  private struct State: Equatable {
    var bytes: Data
    var mode: UInt32
    /// In its file system.
    var number: UInt
  }

  private func state(_ path: String) throws -> State {
    var status = stat()
    #expect(lstat(path, &status) == 0)
    return State(
      bytes: try Data(contentsOf: URL(filePath: path)), mode: status.st_mode & 0o7777,
      number: status.st_ino)
  }

  private func others(_ path: String) throws -> [String] {
    let url = URL(filePath: path)
    return try FileManager.default.contentsOfDirectory(
      atPath: url.deletingLastPathComponent().path
    ).filter { $0.hasPrefix(url.lastPathComponent) && $0 != url.lastPathComponent }
  }

  @Test func `a sealed capture is packed, and sealed again with another status only`() throws {
    try withFile(job()) { path in
      chmod(path, 0o640)
      let before = try state(path)
      #expect(try Sealing.seal(path: path, exit: .signal(9), packing: 0, disk: disk) == 2)
      let after = try state(path)
      #expect(after.bytes.count * 20 < before.bytes.count)
      #expect(after.mode == 0o640)
      #expect(try others(path).isEmpty)
      let capture = try Capture(path: path)
      #expect(capture.header.isPacked)
      #expect(Ending(capture.header, isRunning: false) == .killed(signal: 9))
      #expect(SourceLines(capture, disk: { _ in nil }).text("job.py", 2) == "a.f()")
      #expect(try Sealing.seal(path: path, exit: .status(3), packing: 0, disk: disk) == 0)
      #expect(try state(path).number == after.number)
      #expect(Ending(try Capture(path: path).header, isRunning: false) == .exited(3))
    }
  }

  @Test func `small captures stay as they are`() throws {
    try withFile(job()) { path in
      let before = try state(path)
      try Sealing.seal(path: path, exit: nil, withSources: false)
      let after = try state(path)
      #expect(after == before)
    }
  }

  @Test func `what a link leads to is packed`() throws {
    try withFile(job()) { path in
      let link = path + ".link"
      #expect(symlink(path, link) == 0)
      defer { unlink(link) }
      try Sealing.seal(path: link, exit: nil, packing: 0, disk: disk)
      #expect(try Capture(path: path).header.isPacked)
      var status = stat()
      #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }
  }

  @Test func `a capture that cannot be packed stays as it is`() throws {
    try withFile(job()) { path in
      try Sealing.seal(path: path, exit: nil, disk: disk)
      let before = try state(path)
      // Another name of the file; then, somebody else's file in the way.
      let obstacles = [path + ".second", "\(path).\(getpid()).part"]
      for (index, obstacle) in obstacles.enumerated() {
        if index == 0 {
          #expect(link(path, obstacle) == 0)
        } else {
          try Data([1]).write(to: URL(filePath: obstacle))
        }
        try Sealing.seal(path: path, exit: nil, packing: 0, disk: disk)
        #expect(try state(path) == before)
        #expect(try others(path).count == 1)
        unlink(obstacle)
      }
      try Sealing.seal(path: path, exit: nil, packing: 0, disk: disk)
      #expect(try Capture(path: path).header.isPacked)
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
