// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureTestSupport
import FoundationEssentials
import Glibc
import Testing

@testable import CaptureReader

/// A tree's folder becomes one file, and nothing is lost meanwhile.
@Suite struct FamilySealingTests {
  private func disk(_ path: String) -> SourceFile? {
    switch path {
    case "/home/job.py": SourceFile(text: Array("import a\na.f()\n\n\nrun()".utf8), modified: 0)
    case "/home/lib.py": SourceFile(text: Array("1\n2\nx = [é]".utf8), modified: 0)
    default: nil
    }
  }

  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  private func outer(_ path: String) throws -> [String] {
    try names(URL(filePath: path).deletingLastPathComponent().path)
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
  }

  /// Everything of a capture but where it comes from, its sources and texts.
  private func figures(_ capture: Capture) -> String {
    var header = capture.header
    header.counts = InlineArray(repeating: 0)
    header.command = 0
    header.folder = 0
    header.exitKind = 0
    header.exitStatus = 0
    let processes = capture.processes.map {
      "\($0.name) \($0.begin) \($0.end) \($0.command) \($0.counters) \(String(describing: $0.parent))"
    }
    return "\(header) \(capture.counters) \(capture.stacks) \(capture.moments) "
      + "\(capture.changes) \(processes) \(capture.unrecorded) \(capture.command)"
  }

  @Test func `the file says what the folder said`() throws {
    try withFolder(FamilyBuilder.job().files()) { path in
      chmod("\(path)/40.peakline", 0o640)
      let before = try Capture(path: path)
      let alone = try Capture(path: path, process: "41")
      #expect(try Family.seal(path: path, exit: .signal(9), disk: disk) == 3)
      #expect(try outer(path) == ["job.peakline"])
      var status = stat()
      #expect(stat(path, &status) == 0)
      #expect(status.st_mode == S_IFREG | 0o640)
      let after = try Capture(path: path)
      #expect(figures(after) == figures(before))
      #expect(Ending(after.header, isRunning: false) == .killed(signal: 9))
      #expect(after.processes.first?.ending == .killed(signal: 9))
      #expect(
        try Capture(path: path, process: "41").counters.map(\.live) == alone.counters.map(\.live))
      let sources = SourceLines(after, disk: { _ in nil })
      #expect(sources.text("job.py", 2) == "a.f()")
      #expect(sources.text("lib.py", 3) == "x = [é]")
      let size = try bytes(path).count
      #expect(after.fileSize == size)
      #expect(try figures(Capture(bytes: bytes(path))) == figures(before))
      let header = try Capture.header(ofFile: path)
      #expect(header.isFamily && header.peak == 1000 && header.state == CaptureState.ended)
    }
  }

  @Test func `sealing again notes the end only`() throws {
    try withFolder(FamilyBuilder.job().files()) { path in
      try Family.seal(path: path, exit: nil, disk: disk)
      let first = try bytes(path)
      #expect(try Sealing.seal(path: path, exit: nil, disk: disk) == 0)
      #expect(try bytes(path) == first)
      #expect(try Sealing.seal(path: path, exit: .status(3), disk: disk) == 0)
      let capture = try Capture(path: path)
      #expect(Ending(capture.header, isRunning: false) == .exited(3))
      #expect(capture.processes.map(\.ending) == [.exited(3), .exited(0), .exited(0), .exited(0)])
    }
  }

  @Test func `one process becomes a capture as ever`() throws {
    var tree = FamilyBuilder()
    tree.members["40"] = FamilyBuilder.job().members["40"]
    try withFolder(tree.files()) { path in
      let before = try Capture(path: path)
      #expect(try Family.seal(path: path, exit: .status(2), disk: disk) == 2)
      #expect(try outer(path) == ["job.peakline"])
      let after = try Capture(path: path)
      #expect(after.header.isPacked)
      #expect(figures(after).contains("\(before.counters)"))
      #expect(Ending(after.header, isRunning: false) == .exited(2))
      #expect(SourceLines(after, disk: { _ in nil }).text("lib.py", 3) == "x = [é]")
    }
  }

  @Test func `members are packed while others run, and what killed them is noted`() throws {
    var tree = FamilyBuilder.job()
    tree.members["41"]?.header.state = CaptureState.recording
    try withFolder(tree.files()) { path in
      let member = "\(path)/41.peakline"
      let dead = CaptureBuilder.treeBegin + 3_500_000_000
      #expect(try Family.pack(member: member, endedAt: dead))
      #expect(try Capture(path: member).header.isPacked)
      #expect(try Capture(path: member).header.lastMoment == 2_500_000_000)
      // Earlier than what it noted itself, and not of one that has ended.
      #expect(try !Family.pack(member: member, endedAt: 1))
      #expect(try Family.pack(member: "\(path)/43.peakline", endedAt: dead * 2))
      #expect(try Capture(path: path, process: "43").header.lastMoment == 2_000_000_000)
      let capture = try Capture(path: path)
      #expect(capture.processes[1].end == 3_500_000_000)
      try Family.pack(member: "\(path)/40.peakline")
      #expect(try Family.seal(path: path, exit: .status(0), disk: disk) == 3)
      #expect(try figures(Capture(path: path)) == figures(capture))
    }
  }

  @Test func `files of others stay, under another name`() throws {
    var files = FamilyBuilder.job().files()
    files["notes.txt"] = [7]
    files["41.peakline.77.part"] = [1]
    try withFolder(files) { path in
      try Family.seal(path: path, exit: nil, disk: disk)
      #expect(try outer(path) == ["job.peakline", "job.peakline.d"])
      #expect(try names(path + ".d") == ["notes.txt"])
      #expect(try Capture(path: path).processes.count == 4)
    }
  }

  @Test func `captures that cannot be read go along`() throws {
    var files = FamilyBuilder.job().files()
    files["43.peakline"] = Array("no capture".utf8)
    files["44.peakline"] = []
    try withFolder(files) { path in
      let before = try Capture(path: path)
      try Family.seal(path: path, exit: nil, disk: disk)
      let after = try Capture(path: path)
      #expect(
        after.unread.sorted { $0.name < $1.name } == before.unread.sorted { $0.name < $1.name })
      #expect(after.processes.map(\.name) == ["40", "41", "42-2"])
    }
  }

  @Test func `without the exchange of names the folder stands aside`() throws {
    try withFolder(FamilyBuilder.job().files()) { path in
      let file = path + ".part"
      try Data([1, 2, 3]).write(to: URL(filePath: file))
      try FamilySwap.swapAside(file, path)
      #expect(try outer(path) == ["job.peakline"])
      #expect(try bytes(path) == [1, 2, 3])
    }
    // Where the file does not come, the folder is back.
    let files = FamilyBuilder.job().files()
    try withFolder(files) { path in
      #expect(failure { try FamilySwap.swapAside(path + ".none", path) } != nil)
      let left = (try outer(path), try names(path))
      #expect(left.0 == ["job.peakline"])
      #expect(left.1 == files.keys.sorted())
    }
  }

  @Test func `what an interruption leaves does no harm`() throws {
    try withFolder(FamilyBuilder.job().files()) { path in
      // A part that was not finished, one of a folder that was swapped, and a folder aside.
      try Data([1]).write(to: URL(filePath: "\(path).\(getpid()).part"))
      for name in ["\(path).\(getpid())-2.part", path + ".d"] {
        try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: true)
      }
      let before = try Capture(path: path)
      try Family.seal(path: path, exit: nil, disk: disk)
      #expect(try figures(Capture(path: path)) == figures(before))
      #expect(try outer(path).count == 4)
    }
  }

  @Test func `a folder that was swapped and not removed goes when it is sealed again`() throws {
    let files = FamilyBuilder.job().files()
    try withFolder(files) { path in
      try Family.seal(path: path, exit: nil, disk: disk)
      // No process has the first of these numbers; the second is alive, and still at it.
      for number in [Int32.max, getpid()] {
        let left = "\(path).\(number).part"
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        for (name, content) in files {
          try Data(content).write(to: URL(filePath: "\(left)/\(name)"))
        }
      }
      try Family.seal(path: path, exit: nil, disk: disk)
      let names = try outer(path)
      #expect(names == ["job.peakline", "job.peakline.\(getpid()).part"])
    }
  }

  @Test func `a disk that is full is an answer`() throws {
    try withFolder(FamilyBuilder.job().files()) { path in
      let family = try #require(try Family.open(path))
      let contents = FamilyContents(
        family: family, header: try family.capture().header, root: 0, exit: nil, lines: [])
      let full = open("/dev/full", O_WRONLY)
      defer { close(full) }
      let reason = failure { _ = try contents.write(to: full, folder: path) }
      #expect(reason == .cannotWrite("No space left on device"))
    }
  }

  @Test func `what cannot be joined leaves the folder as it was`() throws {
    let files = FamilyBuilder.job().files()
    try withFolder(files) { path in
      // In the order of the file it comes last.
      let odd = "\(path)/99.peakline"
      try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: true)
      #expect(failure { try Family.seal(path: path, exit: .status(1), disk: disk) } == .isFolder)
      let left = try outer(path)
      #expect(left == ["job.peakline"])
      for (name, content) in files {
        let kept = try bytes("\(path)/\(name)")
        #expect(kept == content)
      }
    }
  }

  @Test func `a tree that still records is left alone`() throws {
    var tree = FamilyBuilder.job()
    tree.members["40"]?.header.state = CaptureState.recording
    tree.members["40"]?.header.exitKind = CaptureExit.unknown
    tree.members["40"]?.header.processID = UInt32(getpid())
    try withFolder(tree.files()) { path in
      let descriptor = open("\(path)/40.peakline", O_RDONLY)
      let joint = open("\(path)/joint", O_RDONLY)
      let maps = [descriptor, joint].map { mmap(nil, 4096, PROT_READ, MAP_SHARED, $0, 0) }
      close(descriptor)
      close(joint)
      #expect(Ending.isMapped(path, by: Int(getpid())))
      let running = CaptureFailure.stillRecording(processID: Int(getpid()))
      #expect(failure { try Family.seal(path: path, exit: nil, disk: disk) } == running)
      let capture = try Capture(path: path)
      #expect(capture.header.state == CaptureState.recording)
      #expect(capture.processes.map(\.ending) == [.running, .exited(0), .exited(0), .exited(0)])
      #expect(try Capture.header(ofFile: path).state == CaptureState.recording)
      for map in maps { munmap(map, 4096) }
      #expect(!Ending.isMapped(path, by: Int(getpid())))
      #expect(try Family.seal(path: path, exit: nil, disk: disk) == 3)
    }
  }

  // MARK: - Bytes that nobody wrote

  private func joined() throws -> [UInt8] {
    var file: [UInt8] = []
    try withFolder(FamilyBuilder.job().files()) { path in
      try Family.seal(path: path, exit: nil, disk: disk)
      file = try bytes(path)
    }
    return file
  }

  @Test func `a file that was cut off gives the processes that are left`() throws {
    let file = try joined()
    let family = try #require(try Family.open(.memory(file)))
    #expect(family.members.count == 5)
    var seen: Set<Int> = []
    for count in stride(from: file.count - 1, to: 8, by: -7) {
      let part = Array(file.prefix(count))
      do throws(CaptureFailure) {
        let capture = try Capture(bytes: part)
        #expect(capture.isCutShort)
        #expect(!capture.unread.isEmpty)
        seen.insert(capture.processes.count)
      } catch {
        switch error {
        case .cutOff, .incomplete: break
        default: Issue.record("\(count): \(error)")
        }
      }
    }
    #expect(seen == [1, 2, 3])
    #expect(failure { _ = try Capture(bytes: file + [0]) } == .damaged("it goes on behind its end"))
  }

  @Test func `changed bytes are refused, or read as far as they can be`() throws {
    let file = try joined()
    let seed = UInt64.random(in: 1 ... .max)
    var random = SeededNumbers(seed: seed)
    for round in 0..<2000 {
      var changed = file
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<changed.count, using: &random)
        changed[place] ^= UInt8.random(in: 1...255, using: &random)
      }
      // As if it had been written so.
      if round % 2 == 0 { Self.complete(&changed) }
      guard let capture = try? Capture(bytes: changed) else { continue }
      let isSound =
        capture.stacks.enumerated().allSatisfy { $0.element.parent <= $0.offset }
        && capture.counters.allSatisfy { Int($0.stack) < capture.stacks.count }
        && capture.processes.allSatisfy { $0.counters.upperBound <= capture.counters.count }
      #expect(isSound, "seed \(seed), round \(round)")
    }
  }

  /// Puts in the checksum of the index.
  private static func complete(_ file: inout [UInt8]) {
    let source = ByteSource.memory(file)
    let family = source.load(FamilyHeader.self, at: FamilyForm.start, from: FamilyHeader())
    let end =
      FamilyForm.membersStart + Int(family.members) * MemoryLayout<FamilyMember>.stride
      + Int(family.unrecorded)
    guard end <= file.count else { return }
    let sum = Packing.raw(Packing.checksum(file[Family.summed(end)]))
    file.replaceSubrange(FamilyForm.start + 8..<FamilyForm.start + 16, with: sum)
  }
}
