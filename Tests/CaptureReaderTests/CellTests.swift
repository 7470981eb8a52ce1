// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureTestSupport
import FoundationEssentials
import Testing

@testable import CaptureReader

/// What sealing makes of a notebook's capture: cells have their names and texts, and stacks begin with them.
@Suite struct CellTests {
  /// The capture of a builder's file, sealed with what is given; the disk has nothing.
  private func sealed(
    _ builder: CaptureBuilder, _ given: [String], title: String? = nil, withSources: Bool = true
  ) throws -> Capture {
    let folder = FileManager.default.temporaryDirectory.path
    let path = "\(folder)/peakline-\(UInt64.random(in: 0 ... .max)).peakline"
    try Data(builder.bytes()).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let bytes = Array((Self.parts + given).map { $0 + "\0" }.joined().utf8)
    try Sealing.seal(
      path: path, exit: nil, withSources: withSources, given: GivenSources(bytes), title: title,
      disk: { _ in nil })
    return try Capture(path: path)
  }

  private static let parts = [
    "", "runner", "/lib/IPython/\n/lib/ipykernel/\n/lib/ipykernel_launcher.py\n/lib/peakline/_",
    "", "own", "/lib/site-packages/zmq/", "", "loop", "/lib/asyncio/events.py", "", "other", "/",
  ]

  /// Of counters that hold something: the frames, outermost first, and the bytes.
  private func stacks(_ capture: Capture) -> [String: Int] {
    var found: [String: Int] = [:]
    for one in capture.counters.dropFirst() {
      var frames: [String] = []
      var index = Int(one.stack)
      while index != 0 {
        let stack = capture.stacks[index]
        let function = capture.functions[Int(stack.function)]
        if stack.function != 0 {
          frames.append(
            "\(capture.texts[function.name]) \(capture.texts[function.file]):\(stack.line)")
        }
        index = Int(stack.parent)
      }
      found[frames.reversed().joined(separator: ", "), default: 0] += one.atPeak
    }
    return found
  }

  private static let launcher = "<module> /lib/ipykernel_launcher.py:18"
  private static let shell = "run_code /lib/IPython/core/interactiveshell.py:3000"

  @Test func `stacks begin with the outermost cell`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    builder.holds(
      builder.calls(
        main, Self.launcher, Self.shell, "<module> /tmp/a.py:2", Self.shell, "f /tmp/b.py:3"),
      atPeak: 100)
    let worker = builder.thread("worker", 2)
    builder.holds(builder.calls(worker, "run /lib/threading.py:9", "f /tmp/b.py:3"), atPeak: 10)
    let capture = try sealed(
      builder, ["/tmp/a.py", "In[7]", "x\ny\n", "/tmp/b.py", "In[2]", "1\n2\n3\n4"])
    #expect(
      stacks(capture) == [
        "<module> In[7]:2, f In[2]:3": 100,
        "f In[2]:3": 10,
      ])
    let sources = SourceLines(capture, disk: { _ in nil })
    #expect((1...2).map { sources.text("In[7]", $0) } == ["x", "y"])
    #expect((1...4).map { sources.text("In[2]", $0) } == ["1", "2", "3", "4"])
    #expect(sources.count("In[2]") == 4)
    #expect(sources.hasWhole("In[2]"))
    #expect(!sources.hasWhole("/lib/threading.py"))
  }

  @Test func `what IPython and Peakline do for a cell counts with its line`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    let own = "begin /lib/peakline/_record.py:7"
    let format = "to_html /lib/site-packages/pandas/frame.py:5"
    builder.holds(builder.calls(main, "<module> /tmp/a.py:1", Self.shell, own), atPeak: 1)
    builder.holds(builder.calls(main, "<module> /tmp/a.py:1", Self.shell, format), atPeak: 2)
    builder.holds(
      builder.calls(main, "<module> /tmp/a.py:2", "f /src/peakline/mine.py:5"), atPeak: 4)
    let capture = try sealed(builder, ["/tmp/a.py", "In[1]", "x"])
    #expect(
      stacks(capture) == [
        "<module> In[1]:1": 1, "<module> In[1]:1, \(format)": 2,
        "<module> In[1]:2, f /src/peakline/mine.py:5": 4,
      ])
  }

  @Test func `what is called as a part of the notebook is, but is elsewhere, is the program's`()
    throws
  {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    let files = [
      "/home/IPython/a.py", "/home/ipykernel-notes/a.py", "/tmp/ipykernel_7/1.py",
      "/home/peakline/_a.py", "/home/asyncio/events.py", "/lib/ipykernel_mine.py",
    ]
    for (index, file) in files.enumerated() {
      builder.holds(
        builder.calls(main, Self.shell, "<module> /tmp/a.py:1", "f \(file):1"), atPeak: 1 << index)
    }
    let capture = try sealed(builder, ["/tmp/a.py", "In[1]", "x"])
    let expected = files.enumerated().map { ("<module> In[1]:1, f \($1):1", 1 << $0) }
    #expect(stacks(capture) == Dictionary(uniqueKeysWithValues: expected))
  }

  @Test func `the notebook's own frames are one, but what its loop calls stays`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    let loop = "_run /lib/asyncio/events.py:80"
    let task = "fetch /lib/site-packages/http.py:8"
    builder.holds(builder.calls(main, "<module> /tmp/a.py:1"), atPeak: 1)
    builder.holds(builder.calls(main, Self.launcher, Self.shell, task), atPeak: 2)
    builder.holds(builder.calls(main, Self.launcher, loop, task, "g /lib/x.py:1"), atPeak: 4)
    builder.holds(builder.calls(main, Self.launcher, loop, Self.shell, task), atPeak: 8)
    builder.holds(
      builder.calls(main, Self.launcher, loop, "f /lib/site-packages/zmq/a.py:1", task), atPeak: 16)
    // Not the notebook's, as far as that can be told: a program may have a loop of its own.
    let other = builder.thread("io", 2)
    builder.holds(builder.calls(other, "run /lib/threading.py:9", loop), atPeak: 32)
    let capture = try sealed(builder, ["/tmp/a.py", "In[1]", "x"])
    #expect(
      stacks(capture) == [
        "<module> In[1]:1": 1, Self.launcher: 2 + 8 + 16,
        "\(Self.launcher), \(task), g /lib/x.py:1": 4,
        "run /lib/threading.py:9, \(loop)": 32,
      ])
  }

  @Test func `texts that are on no disk are kept, and nothing else is changed`() throws {
    var builder = CaptureBuilder(folder: "/home")
    let main = builder.thread("MainThread", 1)
    builder.holds(builder.calls(main, Self.shell, "f <made>:2", "g mine.py:1"), atPeak: 5)
    let capture = try sealed(
      builder, ["<made>", "", "a\nb\nc", "mine.py", "", "relative", "<other>", "", "none"])
    #expect(
      stacks(capture) == [
        "run_code /lib/IPython/core/interactiveshell.py:3000, f <made>:2, g mine.py:1": 5
      ])
    let sources = SourceLines(capture, disk: { _ in nil })
    #expect((1...3).map { sources.text("<made>", $0) } == ["a", "b", "c"])
    #expect(sources.text("mine.py", 1) == "relative")
    #expect(capture.sources.count == 1 + 3 + 1)
    #expect(try capture.command == Capture.command(of: builder))
  }

  @Test func `a title stands in place of the command line, and texts may be left out`() throws {
    var builder = CaptureBuilder()
    let main = builder.thread("MainThread", 1)
    builder.holds(builder.calls(main, Self.launcher, "f /tmp/a.py:1"), atPeak: 5)
    let given = ["/tmp/a.py", "In[1]", "x"]
    let capture = try sealed(builder, given, title: "In[1]: f()", withSources: false)
    #expect(capture.command == "In[1]: f()")
    #expect(stacks(capture) == ["f In[1]:1": 5])
    #expect(capture.sources.count <= 1)
  }

  @Test(arguments: [[], [0], [65, 0, 66], Array("a\0b\0c\0d\0e\0".utf8)])
  func `what is not whole counts for nothing`(bytes: [UInt8]) {
    let given = GivenSources(bytes)
    #expect(given.name(of: "a") == (bytes.count > 6 ? "b" : nil))
    #expect(given.name(of: "d") == nil)
    #expect(given.source("d", in: "") == nil)
  }
}

extension Capture {
  fileprivate static func command(of builder: CaptureBuilder) throws -> String {
    try Capture(bytes: builder.bytes()).command
  }
}
