// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import FoundationEssentials
import Testing

@testable import Reports

/// docs/format.md says of captures what is written and read.
@Suite struct FormatDocumentTests {
  private struct Field: Equatable, CustomStringConvertible {
    var byte: Int
    var bytes: Int
    var name: String

    var description: String { "\(name) at \(byte), \(bytes) bytes" }
  }

  /// The part of the page that is about captures.
  private static func page() throws -> String {
    let path =
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path + "/docs/format.md"
    let page = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    let start = try #require(page.firstRange(of: "\n# Captures\n"))
    return String(page[start.upperBound...])
  }

  /// The cells of the rows of a table below a heading.
  private static func rows(below heading: String) throws -> [[String]] {
    let lines = try page().split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0 == "### \(heading)" })
    let table = lines[(start + 1)...].prefix { !$0.hasPrefix("#") }.filter { $0.hasPrefix("| ") }
    return table.dropFirst().map { row in
      row.split(separator: "|").map { String($0.filter { $0 != " " && $0 != "`" }) }
    }
  }

  private static func fields(below heading: String) throws -> [Field] {
    try rows(below: heading).map { cells in
      Field(byte: Int(cells[0]) ?? -1, bytes: Int(cells[1]) ?? -1, name: cells[2])
    }
  }

  private static func field<Root, Value>(_ name: String, _ path: KeyPath<Root, Value>) -> Field {
    Field(
      byte: MemoryLayout<Root>.offset(of: path) ?? -1, bytes: MemoryLayout<Value>.size, name: name)
  }

  @Test func `the header is drawn as it is`() throws {
    typealias H = CaptureHeader
    let fields = [
      Self.field("magic", \H.magic), Self.field("version", \H.version),
      Self.field("chunkSize", \H.chunkSize), Self.field("chunks", \H.chunks),
      Self.field("mode", \H.mode), Self.field("state", \H.state),
      Self.field("stacks", \H.stacks), Self.field("flags", \H.flags),
      Self.field("python", \H.python), Self.field("processID", \H.processID),
      Self.field("parentID", \H.parentID), Self.field("command", \H.command),
      Self.field("folder", \H.folder), Self.field("exitKind", \H.exitKind),
      Self.field("exitStatus", \H.exitStatus), Self.field("interval", \H.interval),
      Self.field("startTime", \H.startTime), Self.field("lastMoment", \H.lastMoment),
      Self.field("baseline", \H.baseline), Self.field("live", \H.live),
      Self.field("peak", \H.peak), Self.field("peakMoment", \H.peakMoment),
      Self.field("peakEpoch", \H.peakEpoch), Self.field("peakBound", \H.peakBound),
      Self.field("residentAtPeak", \H.residentAtPeak), Self.field("allocated", \H.allocated),
      Self.field("freed", \H.freed), Self.field("allocations", \H.allocations),
      Self.field("counts", \H.counts), Self.field("droppedForRoom", \H.droppedForRoom),
      Self.field("droppedForDisk", \H.droppedForDisk),
      Self.field("droppedForMemory", \H.droppedForMemory),
      Self.field("droppedForNesting", \H.droppedForNesting),
      Self.field("droppedChanges", \H.droppedChanges), Self.field("agentBytes", \H.agentBytes),
      Self.field("limit", \H.limit), Self.field("step", \H.step),
      Self.field("liveBlocks", \H.liveBlocks), Self.field("begin", \H.begin),
      Self.field("inherited", \H.inherited), Self.field("jointEpoch", \H.jointEpoch),
    ]
    #expect(try Self.fields(below: "Header") == fields)
    #expect(MemoryLayout<CaptureHeader>.size == 320)
    #expect(CaptureFormat.directoryOffset == 4096)
    #expect(CaptureFormat.mostChunks == 15_361)
  }

  @Test func `the entries of tables are drawn as they are`() throws {
    typealias S = CaptureStack
    typealias C = CaptureCounters
    let drawn: [(String, [Field])] = [
      (
        "Functions",
        [
          Self.field("name", \CaptureFunction.name), Self.field("file", \CaptureFunction.file),
          Self.field("firstLine", \CaptureFunction.firstLine),
        ]
      ),
      (
        "Stacks",
        [
          Self.field("parent", \S.parent), Self.field("function", \S.function),
          Self.field("line", \S.line), Self.field("counters", \S.counters),
        ]
      ),
      (
        "Counters",
        [
          Self.field("live", \C.live), Self.field("liveBlocks", \C.liveBlocks),
          Self.field("atPeak", \C.atPeak), Self.field("blocksAtPeak", \C.blocksAtPeak),
          Self.field("epoch", \C.epoch), Self.field("allocated", \C.allocated),
          Self.field("allocations", \C.allocations), Self.field("stack", \C.stack),
          Self.field("step", \C.step), Self.field("temporary", \C.temporary),
          Self.field("temporaryBlocks", \C.temporaryBlocks),
          Self.field("liveVariance", \C.liveVariance),
          Self.field("varianceAtPeak", \C.varianceAtPeak),
          Self.field("allocatedVariance", \C.allocatedVariance),
          Self.field("atJoint", \C.atJoint), Self.field("jointEpoch", \C.jointEpoch),
          Self.field("blocksAtJoint", \C.blocksAtJoint),
        ]
      ),
      (
        "Threads",
        [
          Self.field("number", \CaptureThread.number), Self.field("name", \CaptureThread.name),
          Self.field("firstMoment", \CaptureThread.firstMoment),
        ]
      ),
      (
        "Moments",
        [
          Self.field("moment", \CaptureMoment.moment), Self.field("live", \CaptureMoment.live),
          Self.field("highest", \CaptureMoment.highest),
          Self.field("resident", \CaptureMoment.resident),
        ]
      ),
      (
        "Timeline",
        [
          Self.field("counters", \CaptureChange.counters),
          Self.field("until", \CaptureChange.until), Self.field("live", \CaptureChange.live),
        ]
      ),
      (
        "Sources",
        [
          Self.field("file", \CaptureSource.file), Self.field("text", \CaptureSource.text),
          Self.field("line", \CaptureSource.line),
        ]
      ),
    ]
    for (heading, fields) in drawn { #expect(try Self.fields(below: heading) == fields) }
  }

  @Test func `the packed form is drawn as it is`() throws {
    typealias C = PackedColumn
    #expect(
      try Self.fields(below: "Packing") == [
        Self.field("length", \PackingHeader.length),
        Self.field("checksum", \PackingHeader.checksum),
        Self.field("tables", \PackingHeader.tables),
        Self.field("columns", \PackingHeader.columns),
      ])
    #expect(
      try Self.fields(below: "Packed tables") == [
        Self.field("number", \PackedTable.number), Self.field("stride", \PackedTable.stride),
        Self.field("entries", \PackedTable.entries), Self.field("columns", \PackedTable.columns),
      ])
    #expect(
      try Self.fields(below: "Packed columns") == [
        Self.field("place", \C.place), Self.field("width", \C.width), Self.field("kind", \C.kind),
        Self.field("prediction", \C.prediction), Self.field("key", \C.key),
        Self.field("bytes", \C.bytes),
      ])
    #expect([PackedForm.start, PackedForm.bodyStart] == [320, 344])
    #expect([MemoryLayout<PackedTable>.stride, MemoryLayout<C>.stride] == [16, 12])
    #expect([PackedForm.slotBits, PackedForm.mostGrowth] == [12, 256])
    let predictions = try Self.rows(below: "Predictions").map { $0[0] }
    let known = (0...UInt8.max).compactMap(PackedPrediction.init(rawValue:))
    #expect(predictions == known.map { "\($0.rawValue)" })
  }

  @Test func `trees are drawn as they are`() throws {
    typealias J = JointPage
    typealias M = FamilyMember
    #expect(
      try Self.fields(below: "Joint page") == [
        Self.field("magic", \J.magic), Self.field("total", \J.total), Self.field("peak", \J.peak),
        Self.field("peakMoment", \J.peakMoment), Self.field("epoch", \J.epoch),
        Self.field("isOver", \J.isOver), Self.field("withoutSlot", \J.withoutSlot),
        Self.field("withoutFile", \J.withoutFile),
      ])
    #expect(
      try Self.fields(below: "Joint slots") == [
        Self.field("process", \JointSlot.process), Self.field("said", \JointSlot.said),
      ])
    #expect(
      try Self.fields(below: "Tree header") == [
        Self.field("length", \FamilyHeader.length), Self.field("checksum", \FamilyHeader.checksum),
        Self.field("members", \FamilyHeader.members),
        Self.field("unrecorded", \FamilyHeader.unrecorded),
        Self.field("joint", \FamilyHeader.joint),
      ])
    #expect(
      try Self.fields(below: "Members") == [
        Self.field("offset", \M.offset), Self.field("length", \M.length),
        Self.field("process", \M.process), Self.field("image", \M.image),
      ])
    #expect([FamilyForm.start, FamilyForm.membersStart] == [320, 400])
    #expect([MemoryLayout<M>.stride, MemoryLayout<JointSlot>.stride] == [24, 64])
    #expect([J.size, J.slotsOffset, J.batch] == [262_144, 4096, 65_536])
    #expect([FamilyForm.mostMembers, FamilyForm.mostUnrecorded] == [65_536, 1_048_576])
    let files = try Self.page().split(separator: "\n")
    for name in [J.name, "4711" + FamilyForm.suffix, FamilyForm.unrecorded] {
      #expect(files.contains { $0.hasPrefix("| `\(name)` | ") })
    }
  }

  @Test func `tables have their numbers and their strides`() throws {
    let all = (1...CaptureTable.last).compactMap(CaptureTable.init(rawValue:))
    let rows = try Self.page().split(separator: "\n").filter { row in
      all.contains { row.hasPrefix("| \($0) |") }
    }
    #expect(rows.count == all.count)
    for (row, table) in zip(rows, all) {
      #expect(row.hasPrefix("| \(table) | \(table.rawValue) | \(table.stride) |"))
    }
  }

  @Test func `every key that is written is explained`() throws {
    var explained: Set<String> = []
    for row in try Self.page().split(separator: "\n") where row.hasPrefix("| ") {
      for match in row.matches(of: #/`(\w+)`/#) { explained.insert(String(match.1)) }
    }
    for (name, report) in CaptureReport.all {
      for when in [report.when, .at(2.5), .window(1, 3)] {
        for builder in [CaptureBuilder.shortJob(), .nightJob()] {
          let json = report.json(try CaptureView(builder, when))
          for match in json.matches(of: #/"(\w+)": /#) {
            #expect(explained.contains(String(match.1)), "\(match.1) of \(name)")
          }
        }
        let tree = try CaptureView(TreeBuilder.workers().capture(), when)
        for match in report.json(tree).matches(of: #/"(\w+)": /#) {
          #expect(explained.contains(String(match.1)), "\(match.1) of \(name)")
        }
      }
    }
  }

  @Test func `every key of a difference is explained, and its example has them in their order`()
    throws
  {
    let page = try Self.page()
    let start = try #require(page.firstRange(of: "\n## The difference of two captures as JSON\n"))
    let section = page[start.upperBound...]
    let explained = Set(section.matches(of: #/`(\w+)`/#).map { String($0.1) })
    let report = DifferenceReport(allowance: .percent(5))
    for (before, after) in [
      (CaptureBuilder.shortJob(), CaptureBuilder.laterShortJob()), (.nightJob(), .laterNightJob()),
    ] {
      let json = report.json(try DifferenceView(before, after))
      for match in json.matches(of: #/"(\w+)": /#) {
        #expect(explained.contains(String(match.1)), "\(match.1)")
      }
    }
    let example = try #require(section.firstRange(of: "```json\n"))
    let shown = section[example.upperBound...].prefix(while: { $0 != "`" })
    let written = report.json(try DifferenceView(.nightJob(), .laterNightJob()))
    #expect(Self.keys(shown) == Self.keys(written))
    #expect((try? WellFormed.check(String(shown))) != nil)
  }

  /// The keys of a document in their order; the first line is enough of the lines.
  private static func keys(_ text: some StringProtocol) -> [String] {
    var seen: Set<String> = []
    return String(text).matches(of: #/"(\w+)": /#).map { String($0.1) }.filter {
      seen.insert($0).inserted
    }
  }

  @Test func `the example has the keys that are written in their order`() throws {
    let page = try Self.page()
    let start = try #require(page.firstRange(of: "```json\n"))
    let shown = page[start.upperBound...].prefix(while: { $0 != "`" })
    let written = CaptureReport.summary.json(try CaptureView(.nightJob()))
    #expect(Self.keys(shown) == Self.keys(written))
  }
}
