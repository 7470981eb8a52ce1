// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file that is written piece by piece, in place of one that is there; or the standard output.
///
/// Where a piece cannot be written, those behind it are not tried: closing says why.
final class OutputFile {
  private let path: String?
  private let descriptor: Int32
  private var reason: String?

  /// Opens a file; the standard output for nil.
  convenience init(_ path: String?) throws(Failure) { try self.init(path, O_TRUNC) }

  /// Opens a file, of which what is there stays.
  convenience init(appendingTo path: String) throws(Failure) { try self.init(path, O_APPEND) }

  private init(_ path: String?, _ how: Int32) throws(Failure) {
    self.path = path
    guard let path else {
      descriptor = STDOUT_FILENO
      return
    }
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | how, 0o666)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: Self.lastError()) }
  }

  func write(_ bytes: [UInt8]) {
    guard reason == nil, !Tool.write(bytes, to: descriptor) else { return }
    reason = Self.lastError()
  }

  /// To be called once, last; some file systems say only then what could not be written.
  func close() throws(Failure) {
    if path != nil, Glibc.close(descriptor) != 0, reason == nil { reason = Self.lastError() }
    guard let reason else { return }
    throw .cannotWrite(path: path ?? "the standard output", reason: reason)
  }

  private static func lastError() -> String { unsafe String(cString: strerror(errno)) }
}
