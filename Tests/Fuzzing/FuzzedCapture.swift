// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Reports

/// A capture, and what is asked of it, from the bytes that a fuzzer makes up.
///
/// A file is mostly zeros, in which mutations would be lost. So the bytes are only what may mean
/// something: what is asked, the header, the directory, the beginning of each chunk. `seed.py` makes such
/// bytes of a capture.
///
/// Some of the files are packed, and then changed in as many places as the last of the bytes say.
struct FuzzedCapture {
  private static let reports: [CaptureReport] = [
    .summary, .lines(all: false), .lines(all: true), .tree(reverse: false, depth: nil),
    .tree(reverse: true, depth: nil), .leaks, .stats,
  ]

  /// Chunks beside the first.
  private static let chunks = 16
  private static let questionBytes = 8
  /// Changes of a packed capture, of three bytes each.
  private static let changes = 16

  let file: [UInt8]
  let report: CaptureReport
  let when: When
  let selection: Selection
  let style: Style

  init(_ input: [UInt8]) {
    func question(_ index: Int) -> Int { index < input.count ? Int(input[index]) : 0 }
    let seconds = Double(question(1)) / 10
    let whens: [When] = [.peak, .end, .at(seconds), .window(seconds, Double(question(2)) / 10)]
    when = whens[question(0) % whens.count]
    let selections = [
      Selection(), Selection(hide: ["site-packages"]), Selection(only: ["*.py"]),
      Selection(thread: "*"),
    ]
    selection = selections[question(3) % selections.count]
    let widths: [Int?] = [nil, 20, 80, 130]
    style = Style(width: widths[question(4) % widths.count], bars: question(4) > 127)
    report = Self.reports[question(5) % Self.reports.count]
    let rest = input.dropFirst(Self.questionBytes)
    var whole = Self.file(rest.dropLast(3 * Self.changes))
    if question(3) > 127, let packed = Packing.packed(whole) {
      whole = packed
      Self.change(&whole, Array(rest.suffix(3 * Self.changes)))
    }
    // 0: the whole file.
    file = Array(whole.dropLast((question(6) << 8 | question(7)) << 5))
  }

  /// Changes some bytes of what is packed, as if it had been written so.
  private static func change(_ packed: inout [UInt8], _ changes: [UInt8]) {
    let start = PackedForm.start
    for index in 0..<changes.count / 3 where changes[3 * index + 2] != 0 {
      let place = Int(changes[3 * index]) << 8 | Int(changes[3 * index + 1])
      packed[start + place % (packed.count - start)] ^= changes[3 * index + 2]
    }
    Packing.complete(&packed)
  }

  private static func file(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let size = CaptureFormat.chunkSize
    let headerBytes = MemoryLayout<CaptureHeader>.size
    var file = [UInt8](repeating: 0, count: size * (1 + chunks))
    func put(_ part: ArraySlice<UInt8>, at place: Int) {
      for (offset, byte) in part.prefix(size).enumerated() { file[place + offset] = byte }
    }
    put(bytes.prefix(headerBytes), at: 0)
    let directory = bytes.dropFirst(headerBytes)
    put(directory.prefix(4 * chunks), at: CaptureFormat.directoryOffset)
    let rest = directory.dropFirst(4 * chunks)
    let part = rest.count / chunks
    for chunk in 0..<chunks {
      put(rest.dropFirst(chunk * part).prefix(part), at: (chunk + 1) * size)
    }
    return file
  }
}
