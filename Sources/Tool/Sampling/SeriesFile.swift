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
  private let isPipe: Bool
  /// A pipe that has got half a line, and gets no more.
  private var isGivenUp = false
  private var lostBytes = 0
  private var reason: String?

  private init(path: String, descriptor: Int32, error: Int32, isNew: Bool) {
    self.path = path
    self.isNew = isNew
    self.descriptor = descriptor
    openingError = error
    var status = stat()
    isPipe = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
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
  ///
  /// Nothing waits for a reader: this process has a program to look after.
  private static func open(_ path: String, flags: Int32) -> SeriesFile {
    let all = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | flags
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

  /// Whether it is a pipe that could not be opened because nobody reads it yet.
  var lacksReader: Bool { !isOpen && openingError == ENXIO && Files.isPipe(path) }

  /// Writes whole lines: all of them, or as many as there is room for.
  func write(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    guard isOpen, !isGivenUp else {
      lostBytes += bytes.count
      return
    }
    let end = lseek(descriptor, 0, SEEK_END)
    var sent = 0
    while sent < bytes.count {
      let size = pieceSize(bytes[sent...])
      let count = unsafe bytes.withUnsafeBytes {
        // Safe: there are so many bytes behind `sent`.
        unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: sent), size)
      }
      if count > 0 {
        sent += count
      } else if errno != EINTR, errno != EAGAIN || !waitForRoom() {
        reason = unsafe String(cString: strerror(errno))
        // Half a line would make the whole file unreadable to some.
        let whole = (bytes[..<sent].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        if sent > whole, end >= 0 { ftruncate(descriptor, end + off_t(whole)) }
        isGivenUp = isPipe && sent > whole
        lostBytes += bytes.count - whole
        return
      }
    }
  }

  /// How much to write at once: into a pipe whole lines, of no more than it takes all or nothing of.
  private func pieceSize(_ rest: ArraySlice<UInt8>) -> Int {
    guard isPipe, rest.count > Self.pipeMost else { return rest.count }
    let piece = rest.prefix(Self.pipeMost)
    return piece.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 - rest.startIndex } ?? piece.count
  }

  /// PIPE_BUF.
  private static let pipeMost = 4096

  /// Gives a reader of a pipe that is full a moment; false if it does not read.
  private func waitForRoom() -> Bool {
    var one = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard unsafe poll(&one, 1, Self.patience) > 0 else {
      errno = EAGAIN
      return false
    }
    return true
  }

  /// Milliseconds.
  private static let patience: Int32 = 100

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
