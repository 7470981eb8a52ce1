// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A program or library on the disk: what it is, and what it offers by name.
///
/// Only what is asked for is read. A file that does not hold together offers nothing.
struct ElfFile: ~Copyable {
  struct Symbol: Equatable {
    /// As the file counts, before it is loaded.
    var address: UInt64
    /// In bytes; 0 if it does not say.
    var size: UInt64
  }

  private let descriptor: Int32
  private let header: [UInt8]

  /// Nil for what cannot be read, or is no such file.
  init?(_ path: String) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    let header = Self.bytes(of: descriptor, at: 0, count: 64) ?? []
    guard header.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    self.header = header
  }

  deinit { close(descriptor) }

  /// Whether it is made for the processor and the word size of this executable.
  var isOurMachines: Bool { header[4] == 2 && header.half(at: 18) == Self.ownMachine }

  var is32Bit: Bool { header[4] == 1 }

  /// The address that the beginning of the file is to be loaded at, which is not 0 in programs that cannot
  /// be moved.
  var preferredAddress: UInt64? {
    guard isOurMachines,
      let segments = table(at: 32, entrySize: header.half(at: 54), count: header.half(at: 56))
    else { return nil }
    // The first that is loaded (PT_LOAD).
    for segment in segments where segment.count >= 56 && segment.single(at: 0) == 1 {
      return segment.word(at: 16) &- segment.word(at: 8)
    }
    return nil
  }

  /// Those of the names that it has, in the table that the loader binds by.
  func symbols(named names: Set<String>) -> [String: Symbol] {
    guard isOurMachines,
      let sections = table(at: 40, entrySize: header.half(at: 58), count: header.half(at: 60)),
      // SHT_DYNSYM
      let symbols = sections.first(where: { $0.count >= 64 && $0.single(at: 4) == 11 }),
      sections.indices.contains(symbols.single(at: 40)),
      let rows = contents(of: symbols), let strings = contents(of: sections[symbols.single(at: 40)])
    else { return [:] }
    var found: [String: Symbol] = [:]
    for row in stride(from: 0, to: rows.count - 23, by: 24) {
      let name = rows.single(at: row)
      // One that is wanted of others (section 0) has no address.
      guard name < strings.count, rows.half(at: row + 6) != 0 else { continue }
      // Most are not asked for: the first letters tell.
      guard Self.initials.contains(strings[name]) else { continue }
      let text = strings.text(at: name)
      guard names.contains(text), found[text] == nil else { continue }
      found[text] = Symbol(address: rows.word(at: row + 8), size: rows.word(at: row + 16))
    }
    return found
  }

  private static let initials = Set("P_mgp".utf8)

  /// The rows of a table that the header tells the place of.
  private func table(at place: Int, entrySize: Int, count: Int) -> [[UInt8]]? {
    let start = Int(truncatingIfNeeded: header.word(at: place))
    guard (1...1 << 22).contains(entrySize * count),
      let bytes = bytes(at: start, count: entrySize * count)
    else { return nil }
    return (0..<count).map { Array(bytes[$0 * entrySize..<($0 + 1) * entrySize]) }
  }

  private func contents(of section: [UInt8]) -> [UInt8]? {
    let size = Int(truncatingIfNeeded: section.word(at: 32))
    guard (0..<1 << 28).contains(size) else { return nil }
    return bytes(at: Int(truncatingIfNeeded: section.word(at: 24)), count: size)
  }

  /// A stretch of the file; nil where it has none.
  func bytes(at place: Int, count: Int) -> [UInt8]? {
    Self.bytes(of: descriptor, at: place, count: count)
  }

  private static func bytes(of descriptor: Int32, at place: Int, count: Int) -> [UInt8]? {
    guard place >= 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      // Safe: `done` is less than the number of bytes.
      let got = unsafe bytes.withUnsafeMutableBytes {
        unsafe pread(
          descriptor, $0.baseAddress?.advanced(by: done), count - done, off_t(place + done))
      }
      if got > 0 { done += got } else if got == 0 || errno != EINTR { return nil }
    }
    return bytes
  }

  /// The number of an architecture.
  static let x86 = 62

  /// That of this executable's own.
  static var ownMachine: Int {
    #if arch(arm64)
    183
    #else
    x86
    #endif
  }
}
