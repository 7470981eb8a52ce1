// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What limits the figures of a tree, in sentences: what is not known of one of its processes, and which
/// could not be recorded.
struct ProcessLimits {
  private let view: CaptureView
  private let style: Style
  /// Sentences on programs that could not be recorded, at most.
  private static let most = 5

  init(_ view: CaptureView, style: Style) {
    self.view = view
    self.style = style
  }

  // MARK: - Processes that were recorded

  func notes() -> [String] { peak() + forks() + stacks() + coverage() }

  private func peak() -> [String] {
    let bound = view.header.peakBound
    if JointPeak(view, style: style).isEstimate { return [JointPeak(view, style: style).note] }
    guard bound > 0 else { return [] }
    return [
      "The peak may have been up to \(style.size(bound)) higher: processes report what they allocate "
        + "in steps of \(JointPage.batch >> 10) KiB, threads in batches."
    ]
  }

  private func forks() -> [String] {
    let forked = which { $0.isForked && $0.header.inherited > 0 }
    guard let first = forked.first else { return [] }
    let sizes = forked.map { view.capture.processes[$0].header.inherited }
    let most = style.size(sizes.max() ?? 0)
    return [
      forked.count == 1
        ? "Process \(view.capture.number(ofProcess: first)) was forked: \(most) that it had from its "
          + "parent count there."
        : "\(Digits.grouped(forked.count)) processes were forked: what they had from their parents, "
          + "at most \(most) each, counts there."
    ]
  }

  private func stacks() -> [String] {
    var notes: [String] = []
    let blind = which { $0.header.stacks == CaptureStacks.noPython }
      .filter { !Processes(view).hasGoneOn($0) }
    if blind.count == Processes(view).count {
      notes.append("No Python was seen in these processes, so that there are no lines.")
    } else if !blind.isEmpty {
      notes.append(
        "No Python was seen in \(names(blind)), which \(blind.count == 1 ? "has" : "have") no lines."
      )
    }
    let unknown = which { $0.header.stacks == CaptureStacks.unknownVersion }
    if let first = unknown.first {
      notes.append(
        "There are no lines of \(names(unknown)): how \(python(first)) keeps its stacks is not known; "
          + "record with a Python from 3.10 to 3.13.")
    }
    let unproved = which { $0.header.stacks == CaptureStacks.notProved }
    if let first = unproved.first {
      notes.append(
        "There are no lines of \(names(unproved)): the stacks of \(python(first)) are not as its "
          + "version says; record with an unpatched Python.")
    }
    return notes
  }

  private func coverage() -> [String] {
    var notes: [String] = []
    let late = which { $0.header.flags & CaptureFlags.onlyNew != 0 }
    if !late.isEmpty {
      notes.append(
        "Of \(names(late)) only what was allocated since the recording began is in the figures.")
    }
    let hidden = which { $0.header.flags & CaptureFlags.hidesObjects != 0 }
    if !hidden.isEmpty {
      notes.append(
        "The allocator of \(names(hidden)) serves C++'s operators by itself: what they allocate is "
          + "not in the figures.")
    }
    let coarse = which {
      $0.header.python != 0 && $0.header.flags & CaptureFlags.smallObjects == 0
    }
    if !coarse.isEmpty {
      notes.append("Python's small objects were not recorded one by one in \(names(coarse)).")
    }
    let cut = which { $0.header.flags & CaptureFlags.truncated != 0 }
    if !cut.isEmpty {
      notes.append(
        "Somebody cut the capture of \(names(cut)) off while it was written: what came later is not "
          + "in it.")
    }
    return notes
  }

  private func which(_ isAsked: (CaptureProcess) -> Bool) -> [Int] {
    view.capture.processes.indices.filter { isAsked(view.capture.processes[$0]) }
  }

  /// As in "process 4711", "3 of the processes (4711, 4712, 4713)".
  private func names(_ indices: [Int]) -> String {
    let numbers = indices.prefix(3).map { view.capture.number(ofProcess: $0) }
    if indices.count == 1 { return "process \(numbers.joined())" }
    let more = indices.count > 3 ? ", \(style.ellipsis)" : ""
    return "\(Digits.grouped(indices.count)) of the processes "
      + "(\(numbers.joined(separator: ", "))\(more))"
  }

  private func python(_ index: Int) -> String {
    view.capture.processes[index].header.pythonName ?? "this Python"
  }

  // MARK: - Processes that could not be recorded

  /// What is in no figure.
  func missing() -> [String] { unrecorded() + unread() + overflow() }

  /// Captures that are damaged.
  private func unread() -> [String] {
    let unread = view.capture.unread
    var sentences = unread.prefix(Self.most).map { process in
      "The capture of process \(process.name) is in no figure: \(process.failure)."
    }
    let left = unread.count - sentences.count
    if left > 0 {
      sentences.append(
        "\(Digits.grouped(left)) other \(left == 1 ? "capture" : "captures") could not be read.")
    }
    return sentences
  }

  /// Processes for which there was no room.
  private func overflow() -> [String] {
    guard let joint = view.capture.joint else { return [] }
    var sentences: [String] = []
    if joint.withoutSlot > 0 {
      sentences.append(
        "More than \(Digits.grouped(JointPage.slotCount)) processes ran at once: "
          + "\(Digits.grouped(joint.withoutSlot)) of them did not count when the peak was looked for."
      )
    }
    if joint.withoutFile > 0 {
      let count = Digits.grouped(joint.withoutFile)
      let words = joint.withoutFile == 1 ? "process was" : "processes were"
      sentences.append(
        "\(count) \(words) not recorded: no file could be made for the capture.")
    }
    return sentences
  }

  /// One sentence for each program.
  private func unrecorded() -> [String] {
    struct Program: Hashable {
      var name: String
      var reason: String
    }
    var programs: [Program] = []
    var numbers: [Program: [Int]] = [:]
    for process in view.capture.unrecorded {
      let program = Program(name: process.program, reason: process.reason)
      if numbers[program] == nil { programs.append(program) }
      numbers[program, default: []].append(process.processID)
    }
    var sentences = programs.prefix(Self.most).map { program in
      let all = numbers[program] ?? []
      let shown = all.prefix(3).map(String.init).joined(separator: ", ")
      let more = all.count > 3 ? " and \(Digits.grouped(all.count - 3)) more" : ""
      let name = program.name.isEmpty ? "a program whose name is not known" : program.name
      let words = all.count == 1 ? "Process \(shown) was" : "Processes \(shown)\(more) were"
      return "\(words) not recorded: \(name) \(Self.reason(program.reason))."
    }
    let left = programs.count - sentences.count
    if left > 0 {
      sentences.append(
        "\(left) other \(left == 1 ? "program was" : "programs were") not recorded.")
    }
    return sentences
  }

  /// Why, and what to do, as the end of a sentence.
  private static func reason(_ reason: String) -> String {
    switch reason {
    case "static":
      "is linked statically, so that nothing can be preloaded; use a dynamically linked build"
    case "setuid":
      "runs as another user (setuid), and the loader preloads nothing into such programs; record "
        + "what it runs by itself"
    case "architecture":
      "is of another architecture than Peakline's agent; record with the Peakline for that one"
    case "sanitizer":
      "is built with a sanitizer, which replaces the allocator; use a build without it"
    case "unreachable":
      "runs where Peakline's library cannot be read (in another root folder, or as a user who may not); "
        + "install Peakline where it can"
    default: "could not be recorded (\(reason))"
    }
  }
}
