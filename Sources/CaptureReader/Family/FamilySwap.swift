// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Puts the file of a tree in the place of its folder.
///
/// At every instant the folder or the file is there, whole. As with packed captures nothing is forced
/// onto the disk.
enum FamilySwap {
  /// Writes the file, swaps it with the folder, and removes what is in that; whether the lines are in
  /// the file.
  static func join(_ path: String, _ contents: FamilyContents) throws(CaptureFailure) -> Bool {
    // Of a link, what it leads to is replaced.
    guard let folder = CaptureSwap.resolved(path) else {
      throw .cannotRead(SystemError.last())
    }
    let root = contents.family.members[contents.root]
    guard let like = CaptureSwap.status(of: "\(folder)/\(root.name.file)") else {
      throw .cannotRead(SystemError.last())
    }
    let (beside, descriptor) = try makeFile(beside: folder)
    var isWithLines = false
    do throws(CaptureFailure) {
      isWithLines = try write(contents, folder, to: descriptor, like: like)
      try check(beside, contents)
      try swap(beside, folder)
    } catch {
      unsafe unlink(beside)
      throw error
    }
    return isWithLines
  }

  private static func write(
    _ contents: FamilyContents, _ folder: String, to descriptor: Int32, like: stat
  ) throws(CaptureFailure) -> Bool {
    var isOpen = true
    defer { if isOpen { close(descriptor) } }
    let isWithLines = try contents.write(to: descriptor, folder: folder)
    guard CaptureSwap.adopt(descriptor, like: like) else { throw .cannotWrite(SystemError.last()) }
    isOpen = false
    // Some file systems say only now that there was no room.
    guard close(descriptor) == 0 else { throw .cannotWrite(SystemError.last()) }
    return isWithLines
  }

  /// Throws if the file is not read as what was written.
  private static func check(
    _ file: String, _ contents: FamilyContents
  ) throws(CaptureFailure) {
    let family = contents.family
    let header = try Capture.header(ofFile: file)
    guard header.isFamily else { return }
    guard let read = try Family.open(file), read.members.count == family.members.count,
      read.unread.count == family.unread.count, !read.isCutShort
    else { throw .damaged("its file is not read as it was written") }
  }

  /// A new file beside the folder, by a name that nothing has.
  private static func makeFile(
    beside folder: String
  ) throws(CaptureFailure) -> (path: String, descriptor: Int32) {
    for number in 1... {
      // What an interruption has left may have the first of them.
      let path = "\(folder).\(getpid())\(number == 1 ? "" : "-\(number)").part"
      let descriptor = unsafe open(
        path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
      if descriptor >= 0 { return (path, descriptor) }
      if errno != EEXIST || number > 99 { break }
    }
    throw .cannotWrite(SystemError.last())
  }

  /// Gives the file the folder's name, and removes the folder.
  private static func swap(_ file: String, _ folder: String) throws(CaptureFailure) {
    if Exchange.names(file, folder) {
      remove(file, named: folder)
      return
    }
    // File systems that cannot do that: the folder stands aside for a moment.
    try swapAside(file, folder)
  }

  /// As above, in two steps.
  static func swapAside(_ file: String, _ folder: String) throws(CaptureFailure) {
    let aside = aside(folder)
    guard unsafe rename(folder, aside) == 0 else { throw .cannotWrite(SystemError.last()) }
    guard unsafe rename(file, folder) == 0 else {
      let reason = SystemError.last()
      unsafe rename(aside, folder)
      throw .cannotWrite(reason)
    }
    remove(aside, named: folder)
  }

  /// Removes what is ours in a folder, which was called `name`, and the folder if nothing else is in it; else it
  /// gets a name by which it can be told what it was.
  private static func remove(_ folder: String, named name: String) {
    for file in (try? FolderNames.all(of: folder)) ?? [] where isOurs(file) {
      unsafe unlink("\(folder)/\(file)")
    }
    if unsafe rmdir(folder) == 0 { return }
    let aside = aside(name)
    if folder != aside { unsafe rename(folder, aside) }
  }

  /// Removes the folders that others have swapped with this file, and were interrupted before they had
  /// removed them.
  static func clear(beside path: String) {
    guard let file = CaptureSwap.resolved(path), let slash = file.lastIndex(of: "/") else { return }
    let outer = String(file[..<slash])
    let start = file[file.index(after: slash)...] + "."
    for name in (try? FolderNames.all(of: outer + "/")) ?? [] where name.hasPrefix(start) {
      // "PROCESS.part", "PROCESS-NUMBER.part"
      let words = name.dropFirst(start.count).split(separator: ".")
      guard words.count == 2, words[1] == "part", let owner = MemberName(words[0]),
        let process = Int32(exactly: owner.process), kill(process, 0) != 0, errno == ESRCH,
        CaptureSwap.status(of: "\(outer)/\(name)/\(JointPage.name)") != nil
      else { continue }
      remove("\(outer)/\(name)", named: file)
    }
  }

  /// A name for the folder that nothing has.
  private static func aside(_ folder: String) -> String {
    for number in 1..<100 {
      let path = "\(folder).d\(number == 1 ? "" : "\(number)")"
      if CaptureSwap.status(of: path) == nil { return path }
    }
    return "\(folder).\(getpid()).d"
  }

  /// Whether a file is one that a recording has made: also what packing leaves behind where it is
  /// interrupted.
  private static func isOurs(_ name: String) -> Bool {
    if name == JointPage.name || name == FamilyForm.unrecorded { return true }
    if MemberName(file: name) != nil { return true }
    let words = name.split(separator: ".", omittingEmptySubsequences: false)
    return words.count == 4 && words[3] == "part" && UInt32(words[2]) != nil
      && MemberName(file: "\(words[0]).\(words[1])") != nil
  }
}
