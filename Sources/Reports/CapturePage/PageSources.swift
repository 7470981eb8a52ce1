// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The texts of source files that a page shows: whole files where they are to be had, the heaviest first, up
/// to a sum of bytes.
struct PageSources {
  struct File {
    var file: PagePlaces.File
    /// From the first line on; nil where a line is not known.
    var lines: [String?]
  }

  /// Bytes of all, and lines of one.
  private static let mostBytes = 4 << 20
  private static let mostLines = 40_000
  private static let longest = 1000

  private(set) var files: [File] = []
  private var left = mostBytes

  init(_ subject: PageSubject) {
    let now = subject.now.view.sources
    add(subject.heaviest, isFormer: false, count: now.count, text: now.text)
    // Of what is gone, that which ran: its file may be another one now.
    if let before = subject.before?.view.sources {
      add(subject.gone, isFormer: true, count: { _ in 0 }, text: before.textThatRan)
    }
  }

  /// `heaviest`: the lines that something is known of, what matters most first; `count`: of a file's lines.
  private mutating func add(
    _ heaviest: [(file: String, line: Int)], isFormer: Bool, count: (String) -> Int,
    text: (String, Int) -> String?
  ) {
    var lastLine: [String: Int] = [:]
    var order: [String] = []
    for one in heaviest {
      if lastLine[one.file] == nil { order.append(one.file) }
      lastLine[one.file] = max(lastLine[one.file] ?? 0, one.line)
    }
    for file in order where left > 0 {
      let count = min(max(count(file), lastLine[file] ?? 0), Self.mostLines)
      guard count > 0 else { continue }
      var lines: [String?] = []
      var size = 0
      for number in 1...count {
        let text = text(file, number).map { Self.cut($0) }
        size += 3 + (text?.utf8.count ?? 0)
        lines.append(text)
        if size > left { break }
      }
      guard lines.contains(where: { $0 != nil }) else { continue }
      while let last = lines.last, last == nil { lines.removeLast() }
      left -= size
      files.append(File(file: PagePlaces.File(name: file, isFormer: isFormer), lines: lines))
    }
  }

  private static func cut(_ text: String) -> String {
    text.utf8.count <= longest ? text : String(text.prefix(longest)) + "…"
  }
}
