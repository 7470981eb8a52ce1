// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import PprofFormat
import Reports
import SwiftProtobuf

/// A profile for pprof, not compressed: all values of each stack, with the thread, and in a
/// tree the process, as labels.
///
/// It is written as many small profiles, one behind the other: to whoever reads protocol buffers, that
/// is one profile with all that is in them, and none of it has to be kept.
struct PprofExport {
  private let view: CaptureView
  private let functions: FunctionIndex
  private let take: ([UInt8]) -> Void

  private var piece = PprofProfile()
  /// About how many numbers there are in the piece.
  private var size = 0
  private var texts: [String: Int64] = ["": 0]
  private var knowsPlace: [Bool]
  private var knowsFunction: [Bool]

  /// How large a piece grows.
  private static let mostNumbers = 1 << 16
  private static let program: UInt64 = 1

  init(_ view: CaptureView, _ take: @escaping ([UInt8]) -> Void) {
    self.view = view
    self.take = take
    functions = FunctionIndex(view.capture, view.account.tree)
    knowsPlace = Array(repeating: false, count: view.account.tree.places.count)
    knowsFunction = Array(repeating: false, count: functions.functions.count)
    piece.stringTable = [""]
  }

  /// Writes all values; `first` is the one that is shown if nobody asks for another.
  mutating func write(first: ExportValue) {
    head(first)
    samples()
    handOn()
  }

  // MARK: - What it is about

  private mutating func head(_ first: ExportValue) {
    let header = view.capture.header
    piece.sampleType = ExportValue.allCases.map { value in
      type(value.key(view.when), value.isBytes ? "bytes" : "count")
    }
    piece.defaultSampleType = text(first.key(view.when))
    piece.timeNanos = Int64(header.startTime)
    piece.durationNanos = Int64(max(0, header.lastMoment))
    if view.capture.isSampled {
      piece.periodType = type("allocated", "bytes")
      piece.period = Int64(header.interval)
    }
    piece.comment = comments.map { text($0) }
    var program = PprofMapping()
    program.id = Self.program
    program.filename = text(view.capture.command)
    program.hasFunctions_p = true
    program.hasFilenames_p = true
    program.hasLineNumbers_p = true
    program.hasInlineFrames_p = true
    piece.mapping = [program]
  }

  private mutating func type(_ name: String, _ unit: String) -> PprofValueType {
    var type = PprofValueType()
    type.type = text(name)
    type.unit = text(unit)
    return type
  }

  /// The command, what the sums may be off by, and what limits the figures.
  private var comments: [String] {
    var comments = ["command: \(view.capture.command)"]
    if view.capture.isSampled {
      let sum = view.account.sum
      let errors = [
        (ExportValue.held, sum.heldError), (.liveAtEnd, sum.liveError),
        (.allocated, sum.allocatedError),
      ]
      comments += errors.map { value, error in
        "standard error of \(value.key(view.when)): \(Int(clamping: error.rounded())) bytes"
      }
    }
    return comments + view.caveats
  }

  // MARK: - The stacks

  private mutating func samples() {
    let tree = view.account.tree
    let figures = NodeFigures(view.capture, view.account)
    let columns = ExportValue.allCases.map { $0.values(figures) }
    var path = Path<UInt64>()
    var labels = Path<PprofLabel>()
    tree.descend { node, depth in
      let number = Int(tree.placeOfNode[node])
      let place = tree.places[number]
      if let label = label(place) {
        labels.enter(depth, CollectionOfOne(label))
        path.enter(depth, [])
      } else {
        labels.enter(depth, [])
        if !knowsPlace[number] { addPlace(number, place) }
        path.enter(depth, CollectionOfOne(UInt64(number)))
      }
      guard columns.contains(where: { $0[node] != 0 }) else { return }
      var sample = PprofSample()
      sample.locationID = path.elements.reversed()
      sample.value = columns.map { Int64($0[node]) }
      sample.label = labels.elements
      piece.sample.append(sample)
      grow(by: path.elements.count + columns.count + 4)
    }
  }

  /// What a process of a tree or a thread is called; nil for other places.
  private mutating func label(_ place: Place) -> PprofLabel? {
    var label = PprofLabel()
    switch place {
    case .member(let index):
      label.key = text("process")
      label.str = text(view.capture.label(ofProcess: index))
    case .thread(let index):
      label.key = text("thread")
      label.str = text(view.capture.name(ofThread: index))
    default: return nil
    }
    return label
  }

  /// Notes what a place is; its number is the identity of its location.
  private mutating func addPlace(_ number: Int, _ place: Place) {
    knowsPlace[number] = true
    var line = PprofLine()
    if case .line(_, let row, _) = place {
      line.line = Int64(row)
      line.functionID = function(Int(functions.ofPlace[number]))
    } else {
      // What is no line is a function of its own, with a number behind all others.
      let id = UInt64(functions.functions.count + 1 + number)
      add(id, name: view.name(place), file: "", firstLine: 0)
      line.functionID = id
    }
    var location = PprofLocation()
    location.id = UInt64(number)
    location.mappingID = Self.program
    location.line = [line]
    piece.location.append(location)
    grow(by: 8)
  }

  private mutating func function(_ number: Int) -> UInt64 {
    let id = UInt64(number + 1)
    if !knowsFunction[number] {
      knowsFunction[number] = true
      let one = functions.functions[number]
      add(id, name: one.name, file: one.file, firstLine: one.firstLine)
    }
    return id
  }

  private mutating func add(_ id: UInt64, name: String, file: String, firstLine: Int) {
    var function = PprofFunction()
    function.id = id
    function.name = text(name)
    function.systemName = function.name
    function.filename = text(file)
    function.startLine = Int64(firstLine)
    piece.function.append(function)
    grow(by: 8)
  }

  /// The number of a text.
  private mutating func text(_ text: String) -> Int64 {
    if let known = texts[text] { return known }
    let new = Int64(texts.count)
    texts[text] = new
    piece.stringTable.append(text)
    return new
  }

  // MARK: - Pieces

  private mutating func grow(by numbers: Int) {
    size += numbers
    if size >= Self.mostNumbers { handOn() }
  }

  private mutating func handOn() {
    do {
      take(try piece.serializedBytes())
    } catch {
      preconditionFailure("a piece is far below 2 GiB, and no field is required: \(error)")
    }
    piece = PprofProfile()
    size = 0
  }
}
