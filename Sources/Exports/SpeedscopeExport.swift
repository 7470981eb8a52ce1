// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Reports

/// A file for speedscope: a sampled profile for each value, its weights in bytes; all share the frames.
struct SpeedscopeExport {
  private let view: CaptureView
  private let tree: CallTree
  /// By this its readers know the form.
  private static let schema = "https://www.speedscope.app/file-format-schema.json"

  init(_ view: CaptureView) {
    self.view = view
    tree = view.account.tree
  }

  /// Writes one value's profile, or those of all values that any stack has.
  func write(
    _ value: ExportValue?, by program: String, to take: @escaping ([UInt8]) -> Void,
    _ leftOut: inout LeftOut
  ) {
    let figures = NodeFigures(view.capture, view.account)
    let values =
      value.map { [$0] }
      ?? ExportValue.allCases.filter { $0 == .held || $0.values(figures).contains { $0 > 0 } }
    JSONWriter.document(to: take) { writer in
      writer.put("$schema", Self.schema)
      writer.put("exporter", program)
      writer.put("name", view.capture.command)
      writer.put("activeProfileIndex", 0)
      writer.object("shared", .rows) { $0.list("frames", tree.places.dropFirst(), frame) }
      writer.list("profiles", values) { value, writer in
        profile(value, value.values(figures), &writer, &leftOut)
      }
    }
  }

  private func frame(_ place: Place, _ writer: inout JSONWriter) {
    switch place {
    case .line(let file, let line, let function):
      // A frame is a line: two of one function must not look alike.
      writer.put("name", "\(function) (\(view.short(file)):\(line))")
      writer.put("file", file)
      writer.put("line", line)
    case .member(let index):
      writer.put("name", "process " + view.capture.label(ofProcess: index))
    case .thread(let index): writer.put("name", view.capture.name(ofThread: index))
    default: writer.put("name", view.name(place))
    }
  }

  private func profile(
    _ value: ExportValue, _ values: [Int], _ writer: inout JSONWriter, _ leftOut: inout LeftOut
  ) {
    writer.put("type", "sampled")
    writer.put("name", value.key(view.when).split(separator: "_").joined(separator: " "))
    writer.put("unit", value.isBytes ? "bytes" : "none")
    writer.put("startValue", 0)
    writer.put("endValue", values.reduce(0) { $0.plus(max(0, $1)) })
    var weights: [Int] = []
    writer.list("samples") { samples(values, &$0, &weights, &leftOut) }
    writer.list("weights", numbers: weights)
  }

  private func samples(
    _ values: [Int], _ writer: inout JSONWriter, _ weights: inout [Int], _ leftOut: inout LeftOut
  ) {
    // Few places are in very many stacks: the text of each is made once.
    let frames = tree.places.enumerated().map { number, place in
      // A thread is a frame where more than one did anything.
      if case .thread(let index) = place, !view.isTold(thread: index) { return [UInt8]() }
      return Array(",\(number - 1)".utf8)
    }
    var path = Path<UInt8>()
    var row: [UInt8] = []
    tree.descend { node, depth in
      path.enter(depth, frames[Int(tree.placeOfNode[node])])
      if values[node] > 0 {
        row.removeAll(keepingCapacity: true)
        row.append(UInt8(ascii: "["))
        row += path.elements.dropFirst()
        row.append(UInt8(ascii: "]"))
        writer.object(again: row)
        weights.append(values[node])
      } else if values[node] < 0 {
        leftOut.add(values[node])
      }
    }
  }
}
