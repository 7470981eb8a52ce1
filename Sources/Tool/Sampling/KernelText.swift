// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// A file of /proc that is open: the kernel makes its text anew each time it is read from the start.
///
/// It goes on to mean the same process, and never another one that gets its number.
struct KernelFile: ~Copyable {
  private let descriptor: Int32

  /// Nil where it cannot be opened; `errno` says why.
  init?(_ path: String) {
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// Fills the text; false when the process is gone, or may not be looked at.
  func read(into text: inout KernelText) -> Bool { text.fill(from: descriptor) }
}

/// The text of a file of /proc, in one buffer that is used again and again.
struct KernelText {
  private var bytes = [UInt8](repeating: 0, count: 8192)
  private var count = 0

  init() {}

  /// A text that the kernel might have made.
  init(_ text: String) {
    bytes = Array(text.utf8)
    count = bytes.count
  }

  fileprivate mutating func fill(from descriptor: Int32) -> Bool {
    count = 0
    while true {
      if bytes.count - count < Self.page {
        bytes.append(contentsOf: repeatElement(0, count: bytes.count))
      }
      let start = count
      let got = unsafe bytes.withUnsafeMutableBytes {
        // Safe: there is room behind the start.
        unsafe pread(
          descriptor, $0.baseAddress?.advanced(by: start), $0.count - start, off_t(start))
      }
      if got < 0 && errno == EINTR { continue }
      count += max(0, got)
      // The kernel gives a page at a time at most: what is much less is the end.
      if got < Self.page / 2 { return count > 0 }
    }
  }

  private static let page = 4096

  /// Opens, reads and closes a file; false where it cannot be.
  ///
  /// A path that does not begin with a slash goes on from an open folder.
  mutating func read(_ path: String, from folder: Int32 = AT_FDCWD) -> Bool {
    let descriptor = unsafe openat(folder, path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fill(from: descriptor)
  }

  /// Reads what a process is doing, as its `stat` file has it; nil if it cannot be seen.
  ///
  /// Where its first thread has ended and others go on, it is what one of those does.
  mutating func readState(of process: pid_t) -> UInt8? {
    guard read("/proc/\(process)/stat") else { return nil }
    let first = state
    guard first == Self.zombie else { return first }
    for thread in Files.entries(of: "/proc/\(process)/task") where pid_t(thread) != process {
      guard read("/proc/\(process)/task/\(thread)/stat"), let state, state != Self.zombie else {
        continue
      }
      return state
    }
    return first
  }

  private static let zombie = UInt8(ascii: "Z")

  /// The amount after a name at the start of a line, as in `VmRSS:     1616 kB`.
  func kibibytes(of name: StaticString) -> Kibibytes? { number(of: name).map { Kibibytes($0) } }

  /// The number after a name at the start of a line.
  func number(of name: StaticString) -> Int? {
    let text = bytes.span
    var line = 0
    while line < count {
      if Self.starts(text, at: line, with: name) {
        var place = line + name.utf8CodeUnitCount
        while place < count, text[place] == 32 || text[place] == 9 { place += 1 }
        return Self.number(text, &place)
      }
      while line < count, text[line] != 10 { line += 1 }
      line += 1
    }
    return nil
  }

  /// Whether a `status` file is of a thread with memory: neither the kernel's own, nor one that has ended.
  var hasMemory: Bool { kibibytes(of: "VmRSS:") != nil }

  /// All numbers of the text, as those in a `children` file.
  func forEachNumber(_ body: (Int32) -> Void) {
    let text = bytes.span
    var place = 0
    while place < count {
      if let number = Self.number(text, &place) { body(Int32(truncatingIfNeeded: number)) }
      place += 1
    }
  }

  /// The word of this number, from 0, behind the name in parentheses of a `stat` file, as a number.
  func statField(_ index: Int) -> Int? {
    let text = bytes.span
    guard var place = (0..<count).last(where: { text[$0] == UInt8(ascii: ")") }) else { return nil }
    for _ in 0...index {
      while place < count, text[place] != 32 { place += 1 }
      place += 1
    }
    return Self.number(text, &place)
  }

  /// The letter behind the name of a `stat` file, which says what a process is doing.
  var state: UInt8? {
    guard let end = bytes[..<max(0, count)].lastIndex(of: UInt8(ascii: ")")), end + 2 < count
    else { return nil }
    return bytes[end + 2]
  }

  /// The text as it is.
  var string: String { String(decoding: bytes[..<max(0, count)], as: UTF8.self) }

  private static func starts(_ text: Span<UInt8>, at place: Int, with name: StaticString) -> Bool {
    guard place + name.utf8CodeUnitCount <= text.count else { return false }
    // Safe: a static string has as many bytes as it says.
    let letters = unsafe UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    for index in 0..<name.utf8CodeUnitCount
    where unsafe letters[index] != text[place + index] {
      return false
    }
    return true
  }

  private static func number(_ text: Span<UInt8>, _ place: inout Int) -> Int? {
    var value: Int?
    while place < text.count, text[place] &- 48 < 10 {
      value = (value ?? 0) &* 10 &+ Int(text[place] &- 48)
      place += 1
    }
    return value
  }
}
