// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A word, a path or a variable as the system has it: bytes without a zero, which need not be UTF-8.
///
/// What a program is found by and started with is this, because a `String` would alter it.
struct SystemText: Hashable, ExpressibleByStringLiteral {
  let bytes: [UInt8]

  init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  init(_ text: String) { bytes = Array(text.utf8) }

  init(stringLiteral text: String) { self.init(text) }

  /// Copies a C string.
  init(copying string: UnsafePointer<CChar>) {
    // Safe: a C string has as many bytes as `strlen` says.
    unsafe bytes = Array(UnsafeRawBufferPointer(start: string, count: strlen(string)))
  }

  /// For people to read: what is no UTF-8 is replaced.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// With a zero behind it, for calls that take a pointer.
  var cString: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

  func hasPrefix(_ prefix: StaticString) -> Bool {
    // Safe: a static string has as many bytes as it says.
    unsafe bytes.starts(
      with: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
  }

  /// The words of this process's command line, its own name first.
  ///
  /// They are taken from where the kernel has put them: their number, pointers to them, a null pointer,
  /// and the environment. Swift's own are read from /proc, which may not be there, and are text.
  static func commandLine() -> [SystemText] {
    var words: [SystemText] = []
    // Safe: as long as nobody has moved the environment, the null pointer lies before it; if somebody
    // has, there is the size of the block that was allocated.
    var place = unsafe environ - 1
    guard unsafe place.pointee == nil else { return [] }
    while true {
      unsafe place -= 1
      // An address is never so small a number.
      guard let word = unsafe place.pointee, UInt(bitPattern: word) != words.count else {
        return words.reversed()
      }
      unsafe words.append(SystemText(copying: word))
    }
  }

  /// A variable of the environment.
  static func variable(_ name: String) -> SystemText? {
    unsafe getenv(name).map { unsafe SystemText(copying: $0) }
  }
}
