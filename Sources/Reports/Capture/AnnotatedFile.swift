// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// A source file and the figures of its lines; functions that share a line are one.
struct AnnotatedFile {
  struct Line {
    var line: Int
    var functions: [String] = []
    /// nil for a line that allocated nothing.
    var figures: Figures?
    var source: String?
    /// Whether one of its figures is at least a hundredth of the whole.
    var matters = false
  }

  var file: String
  var held = 0
  var lines: [Line] = []

  /// All files of a capture, what holds most first, and their lines in the order of the file.
  static func all(of view: CaptureView) -> [AnnotatedFile] {
    var numbers: [String: Int] = [:]
    var files: [AnnotatedFile] = []
    var places: [[Int: Int]] = []
    for row in view.account.rows {
      guard case .line(let file, let line, let function) = row.place else { continue }
      let number = numbers[file] ?? files.count
      if number == files.count {
        numbers[file] = number
        files.append(AnnotatedFile(file: file))
        places.append([:])
      }
      files[number].held = files[number].held.plus(row.figures.held)
      if let known = places[number][line] {
        files[number].lines[known].functions.append(function)
        files[number].lines[known].figures?.add(row.figures)
      } else {
        places[number][line] = files[number].lines.count
        files[number].lines.append(
          Line(line: line, functions: [function], figures: row.figures, source: nil))
      }
    }
    for index in files.indices { files[index].finish(view) }
    return files.enumerated().sorted { one, other in
      (other.element.held.magnitude, one.offset) < (one.element.held.magnitude, other.offset)
    }.map(\.element)
  }

  private mutating func finish(_ view: CaptureView) {
    lines.sort { $0.line < $1.line }
    let least = view.least(0.01)
    let sum = view.account.sum
    for index in lines.indices {
      guard let figures = lines[index].figures else { continue }
      let isLive = figures.live > 0 && figures.live >= sum.live / 100
      let isChurn = figures.allocated > 0 && figures.allocated >= sum.allocated / 100
      lines[index].matters = figures.held.size >= least || isLive || isChurn
      if lines[index].matters { lines[index].source = view.sources.text(file, lines[index].line) }
    }
  }

  /// Every line of the file, as far as its text is known.
  func wholeText(_ view: CaptureView) -> [Line] {
    let known = Dictionary(lines.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
    let count = view.sources.count(file)
    var all = (0..<count).map { index in known[index + 1] ?? Line(line: index + 1) }
    all += lines.filter { $0.line < 1 || $0.line > count }
    for index in all.indices { all[index].source = view.sources.text(file, all[index].line) }
    return all.sorted { $0.line < $1.line }
  }
}
