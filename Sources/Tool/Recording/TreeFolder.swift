// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureFormat
import CaptureReader
import Glibc

/// The folder that a tree of processes is recorded into: a capture of each, and what they share.
enum TreeFolder {
  /// Makes it; with `replacing` in the place of a capture, or of the folder of another recording.
  static func make(_ path: String, replacing: Bool) throws(Failure) {
    if replacing { try remove(path) }
    guard unsafe mkdir(path, 0o777) == 0 else {
      let isThere = errno == EEXIST
      throw .cannotWrite(
        path: path,
        reason: isThere
          ? "it is there already: name another file, or replace it with --force"
          : unsafe String(cString: strerror(errno)))
    }
    if let reason = makeJointPage("\(path)/\(JointPage.name)") {
      unsafe rmdir(path)
      throw .cannotWrite(path: path, reason: reason)
    }
  }

  /// Removes what was recorded there before; nothing that is not a recording.
  private static func remove(_ path: String) throws(Failure) {
    guard Files.isFolder(path) else {
      unsafe unlink(path)
      return
    }
    let names = Files.entries(of: path).filter { $0 != "." && $0 != ".." }
    let isRecording =
      names.isEmpty || (names.contains(JointPage.name) && names.allSatisfy(isOurs))
    var status = stat()
    let isLink = unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    guard isRecording, !isLink else {
      throw .cannotWrite(path: path, reason: "it is a folder with other things in it")
    }
    removeAll(path)
  }

  private static func isOurs(_ name: String) -> Bool {
    let digits = name.split(separator: ".", omittingEmptySubsequences: false)
    let isCapture =
      digits.count > 1 && digits[1] == "peakline"
      && digits[0].allSatisfy { $0 == "-" || ($0.isASCII && $0.isNumber) }
    return name == JointPage.name || name == "unrecorded" || isCapture
  }

  /// Removes a folder into which nothing was recorded, or nothing that can be read.
  static func removeAll(_ path: String) {
    for name in Files.entries(of: path) where isOurs(name) { unsafe unlink("\(path)/\(name)") }
    unsafe rmdir(path)
  }

  /// The captures in it, by their names.
  static func captures(of path: String) -> [String] {
    Files.entries(of: path).filter { $0.hasSuffix(".peakline") }
  }

  /// Why the page that processes share could not be made; nil if it is there.
  ///
  /// Room for all of it is taken on the disk: who writes to a mapped page that there is no room for gets a
  /// signal.
  private static func makeJointPage(_ path: String) -> String? {
    let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { return unsafe String(cString: strerror(errno)) }
    defer { close(file) }
    let failed = posix_fallocate(file, 0, off_t(JointPage.size))
    guard failed == 0 else { return unsafe String(cString: strerror(failed)) }
    var page = JointPage()
    let written = unsafe pwrite(file, &page, MemoryLayout<JointPage>.size, 0)
    return written == MemoryLayout<JointPage>.size ? nil : unsafe String(cString: strerror(errno))
  }
}
