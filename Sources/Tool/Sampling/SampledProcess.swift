// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// A process whose memory is read again and again.
@safe
final class SampledProcess {
  /// What one look at it says.
  struct Reading {
    var memory: Kibibytes
    /// The most that its memory ever was, by the kernel's mark; of the resident set only.
    var highWater: Kibibytes?

    /// Whether both figures differ by no more than a few pages in a thousand.
    func isAlmost(_ other: Reading) -> Bool {
      let slack = max(64, other.memory.count / 256)
      let (mark, itsMark) = (highWater ?? memory, other.highWater ?? other.memory)
      return abs(memory.count - other.memory.count) <= slack
        && abs(mark.count - itsMark.count) <= slack
    }
  }

  /// Why a process cannot be looked at.
  enum Obstacle: Error {
    /// It is not there, or hidden.
    case unseen
    /// As many files are open as may be.
    case noRoom
  }

  let processID: pid_t
  private let status: KernelFile
  private let tasks: OpaquePointer?
  /// A thread that is alive where the first one is not: that one's files say nothing of the memory then.
  private var survivor: pid_t?
  /// The most that is known of it: no later mark at or below this is news.
  private(set) var known = Kibibytes(0)
  /// The last reading.
  private(set) var latest = Kibibytes(0)
  /// Whose memory it may still have; nil once it has its own.
  private var parent: SampledProcess?
  private var lastReading: Reading?
  private let found = Instant.now()
  /// Seconds for which a process may be taken for its parent.
  private static let patience = 0.1

  /// Opens the process's files; those of a child only if a few more can be opened after them.
  init(_ processID: pid_t, childOf parent: SampledProcess? = nil) throws(Obstacle) {
    guard let status = KernelFile("/proc/\(processID)/status") else {
      throw Limits.areReached(errno) ? .noRoom : .unseen
    }
    let tasks = unsafe opendir("/proc/\(processID)/task")
    if parent != nil {
      guard let tasks = unsafe tasks else { throw Limits.areReached(errno) ? .noRoom : .unseen }
      guard unsafe Limits.leaveRoom(above: dirfd(tasks)) else {
        unsafe closedir(tasks)
        throw .noRoom
      }
    }
    self.processID = processID
    self.parent = parent
    self.status = status
    unsafe self.tasks = tasks
  }

  deinit {
    if let tasks = unsafe tasks { unsafe closedir(tasks) }
  }

  /// Whether it has not ended; one that only waits to be asked how it ended has.
  var isAlive: Bool {
    var text = KernelText()
    return readStatus(&text)
  }

  /// Whether it is stopped at this moment.
  var isStopped: Bool {
    var text = KernelText()
    return text.readState(of: processID) == UInt8(ascii: "T")
  }

  /// What the kernel calls it.
  var name: String {
    var text = KernelText()
    guard text.read("/proc/\(processID)/comm") else { return "?" }
    return String(text.string.prefix { $0 != "\n" })
  }

  /// Reads its memory; nil when it has ended, or has none of its own.
  func read(_ measure: Measure, _ text: inout KernelText) -> Reading? {
    switch measure {
    case .rss:
      guard readStatus(&text), let memory = text.kibibytes(of: "VmRSS:") else { return nil }
      return Reading(memory: memory, highWater: text.kibibytes(of: "VmHWM:"))
    case .swap:
      guard readStatus(&text), let memory = text.kibibytes(of: "VmSwap:") else { return nil }
      return Reading(memory: memory)
    case .pss:
      return readSums(&text) ? text.kibibytes(of: "Pss:").map { Reading(memory: $0) } : nil
    case .uss:
      guard readSums(&text) else { return nil }
      let parts = [
        text.kibibytes(of: "Private_Clean:"), text.kibibytes(of: "Private_Dirty:"),
        text.kibibytes(of: "Private_Hugetlb:"),
      ]
      return Reading(memory: parts.reduce(Kibibytes(0)) { $0 + ($1 ?? Kibibytes(0)) })
    }
  }

  /// Reads the status of the first thread or, where that has ended, of one that has not; false if none
  /// has memory any more.
  private func readStatus(_ text: inout KernelText) -> Bool {
    guard status.read(into: &text) else { return false }
    if text.hasMemory {
      survivor = nil
      return true
    }
    guard let tasks = unsafe tasks else { return false }
    if let survivor, readStatus(of: survivor, &text) { return true }
    survivor = nil
    unsafe rewinddir(tasks)
    while let thread = unsafe Self.nextThread(tasks) {
      guard thread != processID, readStatus(of: thread, &text) else { continue }
      survivor = thread
      return true
    }
    return false
  }

  /// Through the open folder, which never means another process of the same number.
  private func readStatus(of thread: pid_t, _ text: inout KernelText) -> Bool {
    guard let tasks = unsafe tasks else { return false }
    return unsafe text.read("\(thread)/status", from: dirfd(tasks)) && text.hasMemory
  }

  /// Opens and reads the sums over all mappings.
  ///
  /// The file stays with the address space that it was opened for, so that after an exec it would show
  /// nothing, or the memory of a parent that vforked. It is opened each time; reading it takes twenty
  /// times as long.
  private func readSums(_ text: inout KernelText) -> Bool {
    // The open descriptor says whether it is still the same process.
    guard readStatus(&text) else { return false }
    guard let survivor else { return text.read("/proc/\(processID)/smaps_rollup") }
    return text.read("/proc/\(processID)/task/\(survivor)/smaps_rollup")
  }

  /// Whether a reading is of memory that it shares with its parent: between vfork and exec, as most
  /// programs start others, a process has none of its own, and would be counted twice.
  ///
  /// The kernel does not say so. A size and a mark that are the parent's, but for what either touches
  /// between the two readings, are how it looks; a process that was forked has fewer pages than its
  /// parent at once. Not for long, because two may be alike by chance.
  func isParents(_ reading: Reading) -> Bool {
    lastReading = reading
    guard let parent else { return false }
    if let its = parent.lastReading, reading.isAlmost(its),
      Instant.now() < found.advanced(by: Self.patience) || parent.isHeld
    {
      return true
    }
    self.parent = nil
    return false
  }

  /// Whether the kernel holds its first thread, as it does with one that vforks until the child has
  /// memory of its own.
  private var isHeld: Bool {
    var text = KernelText()
    return text.read("/proc/\(processID)/stat") && text.state == UInt8(ascii: "D")
  }

  /// Takes a reading in; gives the mark if it says of a peak that no reading has shown.
  ///
  /// A mark that has fallen is that of another program, which the process has become since, or was set
  /// anew. Some kernels count a little behind, so that a few pages less mean nothing.
  func note(_ reading: Reading) -> Kibibytes? {
    let mark = reading.highWater ?? reading.memory
    let isNew = reading.highWater != nil && mark.count + 1024 < known.count
    let before = isNew ? Kibibytes(0) : known
    latest = reading.memory
    known = max(before, mark)
    return mark > before && mark > reading.memory ? mark : nil
  }

  /// The numbers of its child processes, by all of its threads.
  func forEachChild(_ text: inout KernelText, _ body: (pid_t) -> Void) {
    guard let tasks = unsafe tasks else { return }
    unsafe rewinddir(tasks)
    while let thread = unsafe Self.nextThread(tasks) {
      guard text.read("/proc/\(processID)/task/\(thread)/children") else { continue }
      text.forEachNumber(body)
    }
  }

  /// The next of the threads in a folder; nil behind the last.
  private static func nextThread(_ tasks: OpaquePointer) -> pid_t? {
    while let entry = unsafe readdir(tasks) {
      // Safe: the kernel ends each name with a zero, within the entry.
      let thread = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe atoi($0) }
      }
      if thread > 0 { return thread }
    }
    return nil
  }
}
