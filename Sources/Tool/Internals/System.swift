// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the kernel says about itself.
enum System {
  /// The kernel's name, release and machine, as in "Linux 6.1.0 x86_64".
  static func description() -> String {
    var name = utsname()
    guard unsafe uname(&name) == 0 else { return "unknown" }
    return [text(of: name.sysname), text(of: name.release), text(of: name.machine)]
      .joined(separator: " ")
  }

  /// Whether /proc is there, and has the numbers that processes have for us: in a container it may be the
  /// one of the system around it.
  static let procIsOurs: Bool = {
    var name = [CChar](repeating: 0, count: 16)
    let count = unsafe readlink("/proc/self", &name, name.count)
    let digits = name.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    return pid_t(String(decoding: digits, as: UTF8.self)) == getpid()
  }()

  /// A C array of characters, imported as a tuple, up to its terminating zero.
  private static func text<Characters>(of characters: Characters) -> String {
    unsafe withUnsafeBytes(of: characters) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
