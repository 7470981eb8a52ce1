// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import FoundationEssentials
import PprofFormat
import Reports
import SwiftProtobuf
import Testing

@testable import Exports

/// Exports of trees: where the processes stand in them.
@Suite struct ProcessExportTests {
  private func view() throws -> CaptureView {
    let capture = try TreeBuilder.workers(interval: 0).capture()
    return CaptureView(
      capture: capture, account: try Account(capture),
      sources: SourceLines(capture, disk: { _ in nil }), ending: .exited(0))
  }

  @Test func `of folded stacks the process is the outermost frame`() throws {
    let view = try view()
    let rows = Written(.collapsed, view).text.split(separator: "\n").map(String.init)
    #expect(
      rows.contains(
        "process 4714-2 python3 convert.py big.csv;<module> (/home/you/project/convert.py:9);"
          + "rows (/home/you/project/convert.py:4) \(90 << 20)"))
    // A thread is a frame where its process has another one.
    #expect(
      rows.contains(
        "process 4711 /usr/bin/python3 train.py --workers 3;QueueFeederThread (4716);"
          + "feed (/home/you/project/queues.py:19) \(40 << 20)"))
    #expect(rows.count == 5)
    for (index, figures) in view.account.processes.enumerated() {
      let start = "process " + view.capture.label(ofProcess: index) + ";"
      let values = rows.filter { $0.hasPrefix(start) }.map { row in
        row.split(separator: " ").last.flatMap { Int($0) } ?? 0
      }
      #expect(values.reduce(0, +) == figures.held)
    }
  }

  @Test func `in speedscope it is a frame, too`() throws {
    struct Document: Decodable {
      struct Frame: Decodable { var name: String }
      struct Shared: Decodable { var frames: [Frame] }
      struct Profile: Decodable {
        var samples: [[Int]]
        var weights: [Int]
      }
      var shared: Shared
      var profiles: [Profile]
    }
    let bytes = Written(.speedscope, try view(), .held).bytes
    let document = try JSONDecoder().decode(Document.self, from: Data(bytes))
    let profile = try #require(document.profiles.first)
    let outermost = profile.samples.map { document.shared.frames[$0[0]].name }
    #expect(outermost.filter { $0.hasPrefix("process 4711 ") }.count == 2)
    #expect(Set(outermost).count == 4)
    #expect(profile.weights.reduce(0, +) == 1000 << 20)
  }

  @Test func `in pprof it is a label`() throws {
    let profile = try PprofProfile(serializedBytes: Written(.pprof, try view()).bytes)
    func text(_ number: Int64) -> String { profile.stringTable[Int(number)] }
    var sums: [String: Int64] = [:]
    for sample in profile.sample {
      #expect(sample.label.map { text($0.key) } == ["process", "thread"])
      let process = try #require(sample.label.first)
      sums[text(process.str), default: 0] += sample.value[0]
    }
    #expect(sums["4712 /usr/bin/python3 train.py --workers 3"] == 400 << 20)
    #expect(sums["4711 /usr/bin/python3 train.py --workers 3"] == 160 << 20)
    #expect(sums.values.reduce(0, +) == 1000 << 20)
  }
}
