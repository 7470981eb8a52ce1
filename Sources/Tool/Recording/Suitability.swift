// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Whether a program can be recorded, from a look at its file before it is started.
enum Suitability {
  /// Why a program cannot be recorded, as the end of a sentence; nil if nothing speaks against it.
  static func obstacle(of path: SystemText) -> String? {
    var status = stat()
    guard unsafe stat(path.cString, &status) == 0 else { return nil }
    if status.st_mode & (S_ISUID | S_ISGID) != 0 && getuid() != 0 {
      return "it runs as another user (setuid), and the loader preloads nothing into such programs"
    }
    guard let bytes = Files.beginning(of: path, count: 1 << 16) else { return nil }
    if bytes.starts(with: [0x23, 0x21]) { return ofScript(bytes) }
    guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]), bytes.count > 64 else { return nil }
    if bytes[4] != 2 || bytes.half(at: 18) != ElfFile.ownMachine {
      return "it is of another architecture than Peakline's agent"
    }
    return isStatic(bytes) ? "it is linked statically, so that nothing can be preloaded" : nil
  }

  /// A script's own program decides.
  private static func ofScript(_ bytes: [UInt8]) -> String? {
    let line = bytes.dropFirst(2).prefix { $0 != 10 }
    let words = line.split(separator: UInt8(ascii: " "))
    guard let program = words.first, program.first == UInt8(ascii: "/") else { return nil }
    return obstacle(of: SystemText(bytes: program))
  }

  /// Without an interpreter (PT_INTERP) there is no loader.
  private static func isStatic(_ bytes: [UInt8]) -> Bool {
    let start = Int(truncatingIfNeeded: bytes.word(at: 32))
    let size = bytes.half(at: 54)
    for index in 0..<bytes.half(at: 56) {
      let place = start + index * size
      guard place >= 0, place + 4 <= bytes.count else { return false }
      if bytes[place..<place + 4].elementsEqual([3, 0, 0, 0]) { return false }
    }
    return true
  }
}
