// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader
import Glibc

/// Finds the recordings that are going on.
enum RecordingFinder {
  /// A capture, and the process that writes it, by its number here.
  struct Found {
    var path: String
    var processID: pid_t
    var startTime: Int
  }

  /// The recordings of a process, the newest first; of what it has started, where it is not
  /// recorded itself, as `peakline record` and shells are not.
  static func recordings(of process: pid_t) throws(Failure) -> [Found] {
    let own = try recordingsOfItself(process)
    if !own.isEmpty { return own }
    var tree = ProcessTree(root: process)
    tree.discover()
    var found: [Found] = []
    for member in tree.members.dropFirst() {
      found += (try? recordingsOfItself(member.processID)) ?? []
    }
    guard found.isEmpty else { return sorted(found) }
    throw .top(obstacle(process))
  }

  /// The newest recording into a file of this folder.
  static func newestHere() throws(Failure) -> Found {
    let found = Files.entries(of: ".").filter { $0.hasSuffix(".peakline") }.compactMap { name in
      header(name).map {
        Found(
          path: name, processID: pid_t(truncatingIfNeeded: $0.processID), startTime: $0.startTime)
      }
    }
    guard
      let newest = sorted(found).first(where: { Ending.isMapped($0.path, by: Int($0.processID)) })
    else { throw .top(.noneHere) }
    return newest
  }

  private static func recordingsOfItself(_ process: pid_t) throws(Failure) -> [Found] {
    guard let maps = try? Files.contents(of: "/proc/\(process)/maps") else {
      throw .top(invisible(process))
    }
    let numbers = numbers(of: process)
    var gone: String?
    let found = MappedFile.all(maps).compactMap { file -> Found? in
      if file.isDeleted {
        if file.path.hasSuffix(".peakline") { gone = file.path }
        return nil
      }
      // In a container a path leads elsewhere.
      for path in [file.path, "/proc/\(process)/root\(file.path)"] where file.isAt(path) {
        guard let header = header(path),
          numbers.contains(pid_t(truncatingIfNeeded: header.processID))
        else { continue }
        return Found(path: path, processID: process, startTime: header.startTime)
      }
      return nil
    }
    if found.isEmpty, let gone { throw .top(.captureDeleted(process, path: gone)) }
    return sorted(found)
  }

  /// The header of a capture that is being recorded.
  private static func header(_ path: String) -> CaptureHeader? {
    guard let header = try? Capture.header(ofFile: path), header.state == CaptureState.recording
    else { return nil }
    return header
  }

  private static func sorted(_ found: [Found]) -> [Found] {
    found.sorted { ($0.startTime, $0.path) > ($1.startTime, $1.path) }
  }

  /// The numbers that a process has, here and in the containers that it is in.
  private static func numbers(of process: pid_t) -> Set<pid_t> {
    var text = KernelText()
    guard text.read("/proc/\(process)/status") else { return [process] }
    let row = text.string.split(separator: "\n").first { $0.hasPrefix("NSpid:") }
    let numbers = row?.split { $0 == "\t" || $0 == " " }.compactMap { pid_t($0) } ?? []
    return Set(numbers + [process])
  }

  /// Why a process's mappings cannot be seen.
  private static func invisible(_ process: pid_t) -> TopFailure {
    if Files.entries(of: "/proc").allSatisfy({ pid_t($0) == nil }) { return .noProc }
    if Files.isThere("/proc/\(process)") || (kill(process, 0) != 0 && errno == EPERM) {
      return .otherUsers(process)
    }
    return .noProcess(process)
  }

  /// Why a process has no recording.
  private static func obstacle(_ process: pid_t) -> TopFailure {
    var text = KernelText()
    guard let state = text.readState(of: process), state != UInt8(ascii: "Z") else {
      return .hasEnded(process)
    }
    if text.read("/proc/\(process)/stat"), let parent = text.statField(1), parent > 0,
      let found = try? recordingsOfItself(pid_t(parent)), !found.isEmpty
    {
      return .isChild(process, of: pid_t(parent))
    }
    return .notRecorded(process)
  }
}
