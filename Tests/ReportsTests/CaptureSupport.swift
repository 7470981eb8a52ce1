// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import FoundationEssentials

@testable import Reports

extension CaptureView {
  /// The view of a built capture; `disk` has the files, none by default.
  init(
    _ builder: CaptureBuilder, _ when: When = .peak, _ selection: Selection = Selection(),
    disk: @escaping (String) -> SourceFile? = { _ in nil }
  ) throws {
    try self.init(Capture(bytes: builder.bytes()), when, selection, disk: disk)
  }

  init(
    _ capture: Capture, _ when: When = .peak, _ selection: Selection = Selection(),
    disk: @escaping (String) -> SourceFile? = { _ in nil }
  ) throws {
    self.init(
      capture: capture, account: try Account(capture, when, selection),
      sources: SourceLines(capture, disk: disk), ending: Ending(capture.header, isRunning: false))
  }
}

extension CaptureReport {
  static let all: [(name: String, report: CaptureReport)] = [
    ("summary", .summary), ("lines", .lines(all: false)), ("lines-all", .lines(all: true)),
    ("tree", .tree(reverse: false, depth: nil)), ("callers", .tree(reverse: true, depth: nil)),
    ("leaks", .leaks), ("stats", .stats),
  ]

  /// The whole document.
  func json(_ view: CaptureView) -> String { whole { json(view, to: $0) } }

  /// The moment that the command asks about.
  var when: When { self == .leaks ? .end : .peak }
}

extension DifferenceView {
  /// The view of two built captures.
  init(
    _ before: CaptureBuilder, _ after: CaptureBuilder, by figure: Figure = .peak,
    _ selection: Selection = Selection()
  ) throws {
    self.init(
      before: Part(name: "old.peakline", capture: try CaptureView(before, .peak, selection)),
      after: Part(name: "new.peakline", capture: try CaptureView(after, .peak, selection)),
      by: figure)
  }
}

extension DifferenceReport {
  /// The whole document.
  func json(_ view: DifferenceView) -> String { whole { json(view, to: $0) } }
}

/// What is handed on in pieces, as one text.
private func whole(_ write: (@escaping ([UInt8]) -> Void) -> Void) -> String {
  final class Pieces {
    var bytes: [UInt8] = []
  }
  let pieces = Pieces()
  write { pieces.bytes += $0 }
  return String(decoding: pieces.bytes, as: UTF8.self)
}
