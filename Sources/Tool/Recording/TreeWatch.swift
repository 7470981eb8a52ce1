// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader
import Glibc
import Synchronization

/// Looks after the processes of a recorded tree while it runs: those that are killed are taken out of what
/// the tree has in use, and the captures of those that have ended are packed, so that a thousand of them
/// take little room.
///
/// It runs on a thread of its own, behind all others; where it cannot run, the same is done in the end.
final class TreeWatch: Sendable {
  /// How often it looks, in microseconds.
  private static let interval: UInt32 = 50_000

  private let folder: String
  private let isOver = Atomic<Bool>(false)
  private let hasEnded = Mutex(true)

  init(folder: String) { self.folder = folder }

  func begin() {
    hasEnded.withLock { $0 = false }
    let isRunning = Background.run { [self] in
      // Of this thread alone: on Linux each has a niceness of its own.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
      var round = Round(folder: folder)
      while !isOver.load(ordering: .acquiring) {
        usleep(Self.interval)
        round.run()
      }
      hasEnded.withLock { $0 = true }
    }
    if !isRunning { hasEnded.withLock { $0 = true } }
  }

  /// Ends it, and waits until it has.
  ///
  /// Processes that are about to end are waited for, a moment.
  func end() {
    let page = SharedPage(folder: folder)
    for _ in 0..<20 {
      guard let page, !page.processes().isEmpty else { break }
      usleep(5000)
    }
    isOver.store(true, ordering: .releasing)
    page?.end()
    while !hasEnded.withLock({ $0 }) { usleep(1000) }
  }
}

/// What one look after another finds.
private struct Round {
  private let folder: String
  private let page: SharedPage?
  /// Captures with which there is no more to be done.
  private var done: Set<String> = []

  init(folder: String) {
    self.folder = folder
    page = SharedPage(folder: folder)
  }

  mutating func run() {
    for (process, slot) in page?.processes() ?? [] where Self.hasEnded(process) {
      page?.release(process, slot: slot)
    }
    packEnded()
  }

  private mutating func packEnded() {
    let now = Self.now()
    let names = TreeFolder.captures(of: folder)
    for name in names where !done.contains(name) {
      let path = "\(folder)/\(name)"
      guard let header = try? Capture.header(ofFile: path) else { continue }
      var endedAt: Int?
      if header.state == CaptureState.recording {
        // Of another namespace neither numbers nor what became of them are known.
        guard ProcessNamespace.isOurs(header.namespace) else { continue }
        let successor = Self.successor(of: name)
        if names.contains(successor),
          let next = try? Capture.header(ofFile: "\(folder)/\(successor)"),
          next.namespace == header.namespace
        {
          endedAt = next.begin
        } else {
          let process = pid_t(truncatingIfNeeded: header.processID)
          guard Self.hasEnded(process) else { continue }
          endedAt = now
        }
      }
      // What cannot be packed stays as it is.
      _ = try? Family.pack(member: path, endedAt: endedAt)
      done.insert(name)
    }
  }

  /// What the capture of the next program is called that a process becomes.
  static func successor(of name: String) -> String {
    let stem = name.dropLast(".peakline".count)
    let parts = stem.split(separator: "-")
    let image = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
    return "\(parts.first ?? "")-\(image + 1).peakline"
  }

  private static func now() -> Int {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// Whether a process has ended, whether or not somebody has waited for it.
  private static func hasEnded(_ process: pid_t) -> Bool {
    if kill(process, 0) != 0 && errno == ESRCH { return true }
    var text = KernelText()
    guard let state = text.readState(of: process) else { return false }
    return state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")
  }
}
