// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// The file that samples go to.
///
/// What it cannot take is counted, and told in the end: the program that is recorded must not suffer
/// from it.
final class SeriesFile {
  let path: String
  /// Whether there was nothing of this name before.
  private let isNew: Bool
  private let descriptor: Int32
  private let openingError: Int32
  private var lostBytes = 0
  private var reason: String?

  private init(path: String, descriptor: Int32, error: Int32, isNew: Bool) {
    self.path = path
    self.isNew = isNew
    self.descriptor = descriptor
    openingError = error
    if descriptor < 0 { reason = unsafe String(cString: strerror(error)) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// A file of this name: what is there is replaced, or gone on with.
  static func open(_ path: String, append: Bool) -> SeriesFile {
    let fresh = open(path, flags: O_EXCL)
    return fresh.isOpen ? fresh : open(path, flags: append ? 0 : O_TRUNC)
  }

  /// A file of the usual name in this folder, of which there is none yet.
  static func openUsual() -> SeriesFile {
    var moment = time(nil)
    while true {
      let file = open(usualName(moment), flags: O_EXCL)
      guard !file.isOpen, file.openingError == EEXIST else { return file }
      // Two of the same second: the other keeps its name.
      moment += 1
    }
  }

  /// Append mode, because the program adds the marks of its functions to the same file.
  private static func open(_ path: String, flags: Int32) -> SeriesFile {
    let all = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | flags
    let descriptor = unsafe Glibc.open(path, all, 0o666)
    return SeriesFile(
      path: path, descriptor: descriptor, error: errno, isNew: flags & O_EXCL != 0)
  }

  private static func usualName(_ moment: time_t) -> String {
    var moment = moment
    var local = unsafe tm()
    _ = unsafe localtime_r(&moment, &local)
    return unsafe SeriesName.usual(
      year: Int(local.tm_year) + 1900, month: Int(local.tm_mon) + 1, day: Int(local.tm_mday),
      hour: Int(local.tm_hour), minute: Int(local.tm_min), second: Int(local.tm_sec))
  }

  /// Whether there is a file at all.
  var isOpen: Bool { descriptor >= 0 }

  /// Writes whole lines: all of them, or as many as there is room for.
  func write(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    guard isOpen else {
      lostBytes += bytes.count
      return
    }
    let end = lseek(descriptor, 0, SEEK_END)
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        // Safe: `sent` is less than the number of bytes.
        unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent)
      }
      if count > 0 {
        sent += count
      } else if errno != EINTR {
        reason = unsafe String(cString: strerror(errno))
        // Half a line would make the whole file unreadable to some.
        let whole = (bytes[..<sent].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        if sent > whole, end >= 0 { ftruncate(descriptor, end + off_t(whole)) }
        lostBytes += bytes.count - whole
        return
      }
    }
  }

  /// Takes the file away again that was made, where nothing was started after all.
  func discard() { if isOpen && isNew { unsafe unlink(path) } }

  /// What was lost, as a sentence; nil if nothing was.
  var loss: String? {
    guard let reason else { return nil }
    return isOpen
      ? "\(path) lacks \(lostBytes) bytes of samples, which could not be written (\(reason))"
      : "\(path) could not be written (\(reason)): the program ran, and nothing was recorded"
  }
}
