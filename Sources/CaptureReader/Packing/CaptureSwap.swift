// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Puts the packed form of a capture in its place.
///
/// It is written beside, and takes the name when it is whole. Whatever goes wrong until then (a full
/// disk, a folder that is not ours, an owner that cannot be kept) leaves the capture as it was. Nothing is
/// forced onto the disk: what a crash of the machine may take, it may take of the recording too.
enum CaptureSwap {
  /// Packs the capture of that name, which is open, if it takes `least` bytes or more; whether it did.
  @discardableResult
  static func pack(_ path: String, descriptor: Int32, least: Int) -> Bool {
    // Of a link, what it leads to is replaced; a file with another name would be there twice.
    guard let place = resolved(path), let before = status(of: descriptor),
      before.st_nlink == 1, Int(before.st_size) >= least,
      let packed = Packing.packed(.file(descriptor: descriptor))
    else { return false }
    let beside = "\(place).\(getpid()).part"
    let new = unsafe open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard new >= 0 else { return false }
    let isWritten = fill(new, with: packed, like: before)
    // Where others have put another file there meanwhile, or written to this one, theirs stays.
    guard close(new) == 0, isWritten, let now = status(of: descriptor), isSame(now, before),
      let named = status(of: place), isSame(named, before),
      unsafe rename(beside, place) == 0
    else {
      unsafe unlink(beside)
      return false
    }
    return true
  }

  /// Writes the file, and makes its owner and its mode those of another.
  private static func fill(_ new: Int32, with bytes: [UInt8], like other: stat) -> Bool {
    (try? FileBytes.write(bytes, to: new, at: 0)) != nil && adopt(new, like: other)
  }

  /// Makes a file's owner and mode those of another.
  static func adopt(_ new: Int32, like other: stat) -> Bool {
    guard let own = status(of: new) else { return false }
    let isOwners = own.st_uid == other.st_uid && own.st_gid == other.st_gid
    guard isOwners || fchown(new, other.st_uid, other.st_gid) == 0 else { return false }
    return fchmod(new, other.st_mode & 0o7777) == 0
  }

  private static func isSame(_ one: stat, _ other: stat) -> Bool {
    one.st_dev == other.st_dev && one.st_ino == other.st_ino && one.st_size == other.st_size
      && one.st_mtim.tv_sec == other.st_mtim.tv_sec
      && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec
  }

  static func status(of descriptor: Int32) -> stat? {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? status : nil
  }

  static func status(of path: String) -> stat? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status : nil
  }

  static func resolved(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}
