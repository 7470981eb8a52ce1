// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Questions to the file system, one libc call each.
enum Files {
  /// Whether the path is a regular file that this process may execute.
  static func isProgram(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return unsafe access(path, X_OK) == 0
  }

  /// Where this executable lies, links resolved; nil where /proc is not mounted.
  static func thisExecutable() -> String? {
    guard let path = unsafe realpath("/proc/self/exe", nil) else { return nil }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  /// Whether the file can be opened that way, and read from where reading is asked for.
  static func canOpen(_ path: String, for mode: Int32) -> Bool {
    let descriptor = unsafe open(path, mode | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard mode == O_RDONLY else { return true }
    var byte: UInt8 = 0
    return unsafe read(descriptor, &byte, 1) == 1
  }

  /// The bytes of a file; of the standard input for `-`.
  static func contents(of path: String) throws(Failure) -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: lastError()) }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe read(descriptor, &chunk, chunk.count)
      if count > 0 {
        bytes += chunk[..<count]
      } else if count == 0 {
        return bytes
      } else if errno != EINTR {
        throw .cannotRead(path: path, reason: lastError())
      }
    }
  }

  /// The directory that the path names a file in.
  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func lastError() -> String {
    unsafe String(cString: strerror(errno))
  }
}
