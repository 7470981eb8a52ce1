// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import FoundationEssentials
import Testing

@testable import Tool

/// One process of a tree by itself: `--process`.
@Suite struct ProcessOptionTests {
  /// A folder as it is while a tree is recorded: a short job, and a worker that it has started.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/processes-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var worker = CaptureBuilder(command: "python worker.py")
    worker.header.processID = 4712
    worker.header.parentID = 4711
    let main = worker.thread("MainThread", 4712)
    let counters = worker.holds(
      worker.calls(main, "work worker.py:3"), atPeak: 7 << 20, live: 2 << 20)
    worker.header.peak = 7 << 20
    worker.header.lastMoment = 3_000_000_000
    worker.header.begin = 1_000_000_000
    worker.counters[Int(counters)].jointEpoch = 1
    worker.counters[Int(counters)].atJoint = 5 << 20
    var joint = JointPage()
    joint.peak = 50 << 20
    joint.peakMoment = 2_000_000_000
    joint.epoch = 1
    let page = unsafe withUnsafeBytes(of: joint) { unsafe [UInt8]($0) }
    let files: [(String, [UInt8])] = [
      ("4711.peakline", CaptureBuilder.shortJob().bytes()), ("4712.peakline", worker.bytes()),
      ("joint", page + [UInt8](repeating: 0, count: JointPage.size - page.count)),
    ]
    for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)")) }
    try body(folder)
  }

  private func refusal(_ folder: String, _ process: String) -> String {
    do throws(Failure) {
      _ = try CaptureCommand.view(folder, .peak, Selection(), process: process)
      return ""
    } catch {
      return error.description
    }
  }

  @Test func `without it all processes are shown, with it one as if it were alone`() throws {
    try withFolder { folder in
      let all = try CaptureCommand.view(folder, .peak, Selection())
      #expect(all.capture.processes.count == 2 && all.capture.header.peak == 50 << 20)
      #expect(all.account.processes.map(\.held) == [35 << 20, 5 << 20])
      for name in ["4712", "worker.py", "*work*"] {
        let one = try CaptureCommand.view(folder, .peak, Selection(), process: name)
        #expect(one.capture.processes.isEmpty && one.capture.header.peak == 7 << 20)
        #expect(one.account.rows.map(\.figures.held) == [7 << 20])
        #expect(one.capture.command == "python worker.py")
      }
    }
  }

  @Test func `a process that is not there is refused with those that are`() throws {
    try withFolder { folder in
      let known = "4711 (python job.py), 4712 (python worker.py)"
      #expect(
        refusal(folder, "99")
          == "peakline: there is no process '99' in this capture: choose from \(known)")
      #expect(
        refusal(folder, "python*")
          == "peakline: 'python*' names 2 processes of this capture: choose one by its number, "
          + "from \(known)")
    }
  }

  @Test func `of one process none but that can be asked for`() throws {
    try withFolder { folder in
      let file = folder + "/4711.peakline"
      #expect(refusal(file, "4711") == "")
      #expect(
        refusal(file, "4712")
          == "peakline: this capture is of one process, 4711 python job.py, which '4712' does not "
          + "name: leave out --process")
    }
  }
}
