// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// The process that a hint means: its number, or a part of its name.
enum ProcessFinder {
  /// The process's number.
  ///
  /// With a name it is the first process whose name has that in it, and not this one.
  static func find(_ hint: String) throws(Failure) -> pid_t {
    if hint.utf8.allSatisfy({ $0 &- 48 < 10 }) {
      guard let number = pid_t(hint), number > 0 else { throw .mprof(.noProcess(hint)) }
      return number
    }
    let numbers = Files.entries(of: "/proc").compactMap { pid_t($0) }.sorted()
    guard !numbers.isEmpty else { throw .mprof(.noProc) }
    for number in numbers where number != getpid() && names(of: number, contain: hint) {
      return number
    }
    throw .mprof(.noProcessNamed(hint))
  }

  /// The kernel cuts names off after 15 bytes; the beginning of the command line has them whole.
  private static func names(of number: pid_t, contain hint: String) -> Bool {
    var text = KernelText()
    guard text.read("/proc/\(number)/comm") else { return false }
    let short = String(text.string.prefix { $0 != "\n" })
    if short.contains(hint) { return true }
    guard short.utf8.count >= 15, let whole = commandLine(of: number).first.map(Files.name(of:))
    else { return false }
    return whole.hasPrefix(short) && whole.contains(hint)
  }

  /// The words that it was started with; none for the kernel's own.
  static func commandLine(of number: pid_t) -> [String] {
    var text = KernelText()
    // The first thread's says nothing once that has ended.
    let others = Files.entries(of: "/proc/\(number)/task").lazy.map { "task/\($0)/" }
    guard
      text.read("/proc/\(number)/cmdline")
        || others.contains(where: { text.read("/proc/\(number)/\($0)cmdline") })
    else { return [] }
    return text.string.split(separator: "\0", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
  }

  /// Why a process cannot be sampled; nil if it can.
  static func obstacle(_ number: pid_t, _ measure: Measure) -> MprofFailure? {
    var text = KernelText()
    guard let process = try? SampledProcess(number) else {
      if Files.entries(of: "/proc").allSatisfy({ pid_t($0) == nil }) { return .noProc }
      let isHidden = kill(number, 0) != 0 && errno == EPERM
      return isHidden ? .hidden(number) : .noProcess("\(number)")
    }
    if process.read(measure, &text) != nil { return nil }
    if !process.isAlive { return .noMemory(number) }
    return .otherUsers(number, measure: measure.rawValue)
  }
}
