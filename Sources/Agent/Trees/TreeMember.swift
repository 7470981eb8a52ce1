// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// A tree of processes is recorded into a folder, in which every process makes a capture of its own: when
// its program starts, and when it is forked. Programs are given the agent by those that start them
// (CAgent/Programs.c).

import CAgent
import CaptureFormat

/// O_PATH, whose name Swift does not see: a descriptor of a place, with which nothing is read.
private let pathOnly: Int32 = 0o10000000

/// This process's place in the tree that is recorded.
struct TreeMember {
  /// Where the folder's path stands, which ends with a zero; 0: no tree is recorded.
  private var folder = 0
  private var interval = 0
  private var limit = 0
  private var seed: UInt64 = 0
  private(set) var joint = JointTotal()
  /// The recording of this process in the tree, by its number; 0: there is none.
  private(set) var recording = 0

  /// Which of the captures with this process's number is its own.
  private var image = 0

  /// The most captures of processes with the same number: it is used again, and one process may run
  /// several programs.
  private static let mostImages = 10_000

  /// Says where and how the tree is recorded; the path stays where it is.
  mutating func join(
    _ path: UnsafePointer<UInt8>, interval: Int, limit: Int, seed: UInt64
  ) {
    folder = Int(bitPattern: path)
    self.interval = interval
    self.limit = limit
    self.seed = seed
    let opened = openFolder()
    if opened < 0 { return }
    joint.map(in: opened)
    closeFile(opened)
  }

  /// Begins to record this process; false if it cannot.
  mutating func begin(isForked: Bool) -> Bool {
    recording = 0
    joint.forgetSlot()
    if folder == 0 || joint.isOver { return false }
    let file = makeFile()
    if file < 0 {
      joint.countWithoutFile()
      return false
    }
    joint.join()
    let started = startRecording(
      file, interval: interval, limit: limit, baseline: 0, seed: seed,
      isMember: true, isForked: isForked)
    if started < 0 {
      joint.leave()
      removeFile()
      joint.countWithoutFile()
      return false
    }
    recording = started
    return true
  }

  /// Takes this process out of what the tree has in use.
  mutating func leave() {
    joint.leave()
    recording = 0
  }

  private func openFolder() -> Int {
    guard let path = unsafe UnsafePointer<UInt8>(bitPattern: folder) else {
      return 0 &- Int(ENOENT)
    }
    return unsafe openFile(path, pathOnly | O_DIRECTORY)
  }

  /// Makes the file of this process's capture, out of the way of the program's own descriptors; or minus
  /// an error number.
  private mutating func makeFile() -> Int {
    let opened = openFolder()
    if opened < 0 { return opened }
    defer { closeFile(opened) }
    image = 1
    while image < TreeMember.mostImages {
      let file = withName { name in
        kernel(
          Int32(SYS_openat), opened, name,
          Int(O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW), 0o666)
      }
      if file != 0 &- Int(EEXIST) { return file < 0 ? file : movedHigh(file) }
      image = image &+ 1
    }
    return 0 &- Int(EEXIST)
  }

  /// Removes it again, for which there was no room.
  private func removeFile() {
    let opened = openFolder()
    if opened < 0 { return }
    _ = withName { name in kernel(Int32(SYS_unlinkat), opened, name, 0) }
    closeFile(opened)
  }

  /// The address of what the file is called.
  private func withName(_ body: (Int) -> Int) -> Int {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
      guard let name = buffer.baseAddress else { return 0 &- Int(ENOMEM) }
      var length = 0
      unsafe write(processNumber(), to: name, at: &length)
      if image > 1 {
        unsafe write("-", to: name, at: &length)
        unsafe write(image, to: name, at: &length)
      }
      unsafe write(".peakline", to: name, at: &length)
      unsafe name[length] = 0
      return body(Int(bitPattern: name))
    }
  }

}

/// Whether nobody waits for the processes of the tree any more.
@c(agent_tree_is_over)
public func treeIsOver() -> Int32 { treeMember.joint.isOver ? 1 : 0 }

/// Takes what this process has in use out of the tree, or puts it back; a child of vfork has nothing.
@c(agent_tree_leave)
public func leaveTree(_ isBack: Int32) {
  guard let recording = recording(numbered: treeMember.recording),
    Int(recording[].header[].processID) == processNumber()
  else { return }
  treeMember.joint.say(isBack == 0 ? 0 : recording[].header[].live)
}

/// The one of this process.
@safe nonisolated(unsafe) var treeMember = TreeMember()
