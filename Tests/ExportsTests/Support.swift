// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Reports

@testable import Exports

/// What was written, and what was left out.
struct Written {
  private(set) var bytes: [UInt8]
  private(set) var pieces: [Int]
  private(set) var leftOut: LeftOut

  init(_ form: ExportForm, _ view: CaptureView, _ value: ExportValue? = nil) {
    let collected = Collected()
    leftOut = form.write(view, value, by: "peakline 1.2.3") { piece in
      collected.bytes += piece
      collected.pieces.append(piece.count)
    }
    bytes = collected.bytes
    pieces = collected.pieces
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  private final class Collected {
    var bytes: [UInt8] = []
    var pieces: [Int] = []
  }
}

/// A line, or the name of what is none.
struct Line: Hashable {
  var file: String?
  var line: Int?
  var function: String

  init(_ file: String?, _ line: Int?, _ function: String) {
    (self.file, self.line, self.function) = (file, line, function)
  }

  init(_ place: Place, _ view: CaptureView) {
    if case .line(let file, let line, let function) = place {
      self.init(file, line, function)
    } else {
      self.init(nil, nil, view.name(place))
    }
  }
}

extension CaptureView {
  init(
    _ builder: CaptureBuilder, _ when: When = .peak, _ selection: Selection = Selection()
  ) throws {
    let capture = try Capture(bytes: builder.bytes())
    self.init(
      capture: capture, account: try Account(capture, when, selection),
      sources: SourceLines(capture, disk: { _ in nil }),
      ending: Ending(capture.header, isRunning: false))
  }

  /// Of each line a figure; those without it are left out.
  func figures(_ value: ExportValue) -> [Line: Int] {
    let pairs = account.rows.map { row in
      let figure =
        switch value {
        case .held: row.figures.held
        case .liveAtEnd: row.figures.live
        case .allocated: row.figures.allocated
        case .allocations: Int(row.figures.allocations.rounded())
        case .temporary: row.figures.temporary
        }
      return (Line(row.place, self), figure)
    }
    return Dictionary(pairs) { $0 + $1 }.filter { $0.value != 0 }
  }
}

extension CaptureBuilder {
  /// Names that mean something in one form or another.
  static let hostile = [
    "a;b", "a,\"b\"", "line\nbreak", "carriage\r\nreturn", "nul\0nul", "<script>alert(1)</script>",
    "back\\slash\\n", "tab\t", "  blanks  ", "12", "", "名前 🙂", "\u{2028}\u{85}\u{1B}[31m", "=1+1",
    "a b 7", "e\u{301}",
  ]

  /// A capture in which everything is called so: functions, files, threads, the program.
  static func hostileJob() -> CaptureBuilder {
    var builder = CaptureBuilder(command: hostile.joined(separator: " "), interval: 4096)
    for (index, name) in hostile.enumerated() {
      let thread = builder.thread(name, index)
      let outer = builder.function(name, name, firstLine: 5)
      let call = builder.stack(below: thread, outer, line: 7)
      builder.holds(call, atPeak: 100 + index, live: index, blocks: 1.25, variance: 9)
      for other in hostile {
        let inner = builder.function(other, "/srv/\(name).py")
        let line = builder.stack(below: call, inner, line: 1 + index)
        builder.holds(
          line, atPeak: 1000 * index, live: 7, allocated: 12_345, blocks: 0.4, variance: 4,
          temporary: 5)
        builder.source("/srv/\(name).py", 1 + index, name)
      }
    }
    builder.header.peak = 1 << 30
    builder.header.lastMoment = 3_000_000_000
    return builder
  }
}
