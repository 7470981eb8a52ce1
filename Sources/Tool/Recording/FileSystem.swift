// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What kind of file system a folder is on: the tables of a recording are a mapped file.
enum FileSystem {
  /// The name of a kind that is no place for a mapped file that is written all the time; nil for others.
  static func unsuitable(for folder: String) -> String? {
    guard let kind = kind(of: folder) else { return nil }
    let isRemote = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "lustre", "afs", "gfs2"]
      .contains(kind)
    return isRemote || kind.hasPrefix("fuse") ? kind : nil
  }

  /// The kind of file system, as the kernel calls it; nil where it does not say.
  static func kind(of folder: String) -> String? {
    guard let path = Files.resolved(folder),
      let mounts = try? Files.contents(of: "/proc/self/mountinfo")
    else { return nil }
    return kind(of: path, in: String(decoding: mounts, as: UTF8.self))
  }

  /// From the text of `/proc/self/mountinfo`: the last mount of those whose place is the longest.
  static func kind(of path: String, in mounts: String) -> String? {
    var found: (place: Int, kind: String)?
    for line in mounts.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 6, let dash = words.dropFirst(6).firstIndex(of: "-"),
        dash + 1 < words.count
      else { continue }
      let place = words[4]
      let isAbove = place == "/" || path == place || path.hasPrefix(place + "/")
      if isAbove, place.utf8.count >= found?.place ?? 0 {
        found = (place.utf8.count, String(words[dash + 1]))
      }
    }
    return found?.kind
  }
}
