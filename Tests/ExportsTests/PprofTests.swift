// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import PprofFormat
import Reports
import SwiftProtobuf
import Testing

@testable import Exports

/// Profiles of pprof, as its format is read.
@Suite struct PprofTests {
  private func profile(_ view: CaptureView, _ value: ExportValue? = nil) throws -> PprofProfile {
    try PprofProfile(serializedBytes: Written(.pprof, view, value).bytes)
  }

  /// What the samples add up to, by their innermost line.
  private func sums(_ profile: PprofProfile, _ index: Int) throws -> [Line: Int] {
    let locations = Dictionary(uniqueKeysWithValues: profile.location.map { ($0.id, $0) })
    let functions = Dictionary(uniqueKeysWithValues: profile.function.map { ($0.id, $0) })
    func text(_ number: Int64) -> String { profile.stringTable[Int(number)] }
    var sums: [Line: Int] = [:]
    for sample in profile.sample {
      #expect(sample.value.count == profile.sampleType.count)
      for id in sample.locationID { #expect(locations[id] != nil) }
      let innermost = try #require(sample.locationID.first)
      let line = try #require(locations[innermost]?.line.first)
      let function = try #require(functions[line.functionID])
      let isLine = line.line != 0
      let key = Line(
        isLine ? text(function.filename) : nil, isLine ? Int(line.line) : nil, text(function.name))
      sums[key, default: 0] += Int(sample.value[index])
    }
    return sums.filter { $0.value != 0 }
  }

  @Test(arguments: [
    CaptureBuilder.nightJob(), .shortJob(), .hostileJob(),
  ])
  func `the samples of a line add up to what its row says`(builder: CaptureBuilder) throws {
    let selections = [
      Selection(), Selection(only: ["load"]), Selection(hide: ["site-packages", "table"]),
    ]
    for selection in selections {
      let view = try CaptureView(builder, .peak, selection)
      let profile = try profile(view)
      for (index, value) in ExportValue.allCases.enumerated() {
        #expect(try sums(profile, index) == view.figures(value))
      }
    }
  }

  @Test func `types, time and program are said`() throws {
    let view = try CaptureView(.nightJob())
    let profile = try profile(view, .allocated)
    func text(_ number: Int64) -> String { profile.stringTable[Int(number)] }
    #expect(profile.stringTable.first == "")
    #expect(Set(profile.stringTable).count == profile.stringTable.count)
    #expect(
      profile.sampleType.map { "\(text($0.type)) \(text($0.unit))" } == [
        "at_peak bytes", "live_at_end bytes", "allocated bytes", "allocations count",
        "temporary bytes",
      ])
    #expect(text(profile.defaultSampleType) == "allocated")
    #expect(text(try self.profile(view).defaultSampleType) == "at_peak")
    #expect(profile.timeNanos == 1_772_330_400 * 1_000_000_000)
    #expect(profile.durationNanos == 11_520_500_000_000)
    #expect(profile.period == 512 << 10)
    #expect(text(profile.periodType.unit) == "bytes")
    #expect(text(profile.mapping[0].filename) == "python train.py --epochs 20")
    let comments = profile.comment.map(text)
    #expect(comments[0] == "command: python train.py --epochs 20")
    let error = Int(view.account.sum.heldError.rounded())
    #expect(error > 0 && comments[1] == "standard error of at_peak: \(error) bytes")
    #expect(comments.contains { $0.contains("1,204 blocks are in no line") })
  }

  @Test func `threads are labels and no frames`() throws {
    let profile = try profile(try CaptureView(.nightJob()))
    func text(_ number: Int64) -> String { profile.stringTable[Int(number)] }
    let labels = profile.sample.map { $0.label.map { "\(text($0.key))=\(text($0.str))" } }
    #expect(labels.allSatisfy { $0.count == 1 })
    #expect(
      Set(labels.flatMap(\.self)) == [
        "thread=MainThread (4711)", "thread=loader-1 (4719)", "thread=thread 4720",
      ])
    #expect(!profile.function.contains { text($0.name).contains("MainThread") })
  }

  @Test func `where a function begins is said if it is one`() throws {
    var builder = CaptureBuilder()
    let thread = builder.thread("MainThread", 1)
    for (name, first) in [("f", 10), ("g", 20), ("g", 30)] {
      let function = builder.function(name, "a.py", firstLine: first)
      builder.holds(builder.stack(below: thread, function, line: first + 1), atPeak: 1)
    }
    let profile = try profile(try CaptureView(builder))
    let begins = profile.function.map { function in
      "\(profile.stringTable[Int(function.name)]) \(function.startLine)"
    }
    #expect(begins.sorted() == ["f 10", "g 0"])
    #expect(profile.period == 0 && !profile.hasPeriodType)
  }

  @Test func `a window may hold less than nothing`() throws {
    let view = try CaptureView(.shortJob(), .window(3.5, 4.5))
    let profile = try profile(view)
    #expect(profile.stringTable[Int(profile.defaultSampleType)] == "increase")
    #expect(try sums(profile, 0) == view.figures(.held))
    #expect(profile.sample.contains { $0.value[0] < 0 })
  }

  @Test func `a large profile comes in pieces`() throws {
    var builder = CaptureBuilder()
    let thread = builder.thread("MainThread", 1)
    var stack = thread
    for line in 1...20_000 {
      let function = builder.function("f\(line % 100)", "a.py")
      stack = builder.stack(below: line.isMultiple(of: 50) ? thread : stack, function, line: line)
      builder.holds(stack, atPeak: line)
    }
    let view = try CaptureView(builder)
    let written = Written(.pprof, view)
    #expect(written.pieces.count > 5)
    #expect(written.pieces.allSatisfy { $0 < 1 << 20 })
    let profile = try PprofProfile(serializedBytes: written.bytes)
    #expect(profile.sample.count == 20_000)
    #expect(try sums(profile, 0) == view.figures(.held))
  }
}
