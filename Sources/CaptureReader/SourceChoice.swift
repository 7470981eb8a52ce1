// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The lines whose texts are kept in a capture: those that held most, with all that they called; then all
/// other lines of files that are on no disk.
enum SourceChoice {
  struct Line {
    /// The number of the file's name.
    var file: UInt32
    var line: UInt32
    var text: String
  }

  /// The longest text of a line that is kept whole, in bytes; what is longer was not written by hand.
  private static let longest = 4096

  static func lines(
    of capture: Capture, most: Int, disk: (String) -> SourceFile?
  ) -> [Line] {
    var files: [UInt32: SourceFile?] = [:]
    var left = most
    var lines: [Line] = []
    var keys = heaviest(capture)
    var known = Set(keys)
    var next = 0
    while next < keys.count {
      let file = UInt32(truncatingIfNeeded: keys[next] >> 32)
      let line = UInt32(truncatingIfNeeded: keys[next])
      next += 1
      if files[file] == nil {
        let path = SourceLines.path(capture.texts[file], in: capture.folder)
        let read = disk(path).flatMap { source in
          source.modified > capture.header.startTime ? nil : source
        }
        files[file] = .some(read)
        if let read, !read.isOnDisk {
          let whole = (1...max(1, read.count)).map { UInt64(file) << 32 | UInt64($0) }
          keys += whole.filter { known.insert($0).inserted }
        }
      }
      guard case .some(.some(let source)) = files[file], line >= 1, line <= source.count
      else { continue }
      let text = cut(source[Int(line)])
      // An entry, the length, the text up to a multiple of four.
      left -= MemoryLayout<CaptureSource>.stride + 8 + text.utf8.count
      if left < 0 { break }
      lines.append(Line(file: file, line: line, text: text))
    }
    return lines
  }

  private static func cut(_ text: String) -> String {
    text.utf8.count <= longest ? text : String(decoding: text.utf8.prefix(longest), as: UTF8.self)
  }

  /// All lines of all stacks, as the file's number and the line: what held most at the peak first,
  /// then what allocated most.
  private static func heaviest(_ capture: Capture) -> [UInt64] {
    var held = [Double](repeating: 0, count: capture.stacks.count)
    var allocated = held
    for one in capture.counters.dropFirst() {
      let isNoted = one.epoch >= capture.header.peakEpoch
      held[Int(one.stack)] += Double(isNoted ? one.atPeak : one.live)
      allocated[Int(one.stack)] += Double(one.allocated)
    }
    var numbers: [UInt64: Int] = [:]
    var lines: [(key: UInt64, held: Double, allocated: Double)] = []
    // A parent is before its children.
    for index in capture.stacks.indices.reversed() where index > 0 {
      let stack = capture.stacks[index]
      held[Int(stack.parent)] += held[index]
      allocated[Int(stack.parent)] += allocated[index]
      let file = capture.functions[Int(stack.function)].file
      if file == 0 { continue }
      let key = UInt64(file) << 32 | UInt64(stack.line)
      let number = numbers[key] ?? lines.count
      if number == lines.count {
        numbers[key] = number
        lines.append((key, 0, 0))
      }
      lines[number].held += held[index]
      lines[number].allocated += allocated[index]
    }
    lines.sort { one, other in
      (other.held, other.allocated, one.key) < (one.held, one.allocated, other.key)
    }
    return lines.map(\.key)
  }
}
