// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What limits the figures of a capture, in sentences; whoever reads must know all of them.
struct Limits {
  private let view: CaptureView
  private let style: Style
  private var header: CaptureHeader { view.header }

  init(_ view: CaptureView, style: Style) {
    self.view = view
    self.style = style
  }

  /// What figures are, where blocks are sampled.
  func estimates() -> [String] {
    guard view.isSampled else { return [] }
    let interval = style.size(header.interval)
    // A line that holds n bytes has no sample with the probability exp(-n / interval).
    let most = style.size(Int(clamped: 2.9957 * Double(header.interval)))
    let error =
      view.capture.isTree && view.when == .peak
      ? "the most that the standard error can be" : "the standard error"
    return [
      "Estimates from samples, one in \(interval) on average; \(style.plusMinus) is \(error). "
        + "Lines without a sample are not listed: each held less than about \(most) "
        + "(with 95 % probability)."
    ]
  }

  /// All that is amiss or unknown.
  func notes() -> [String] {
    let processes = ProcessLimits(view, style: style)
    let kinds = view.capture.isTree ? processes.notes() : stacks() + coverage()
    return kinds + processes.missing() + dropped() + file() + timeline() + changedSources()
  }

  private func stacks() -> [String] {
    switch header.stacks {
    case CaptureStacks.recorded: return []
    case CaptureStacks.noPython:
      return ["No Python was seen in this process, so that there are no lines."]
    case CaptureStacks.unknownVersion:
      return [
        "There are no lines: how \(view.python ?? "this Python") keeps its stacks is not known; "
          + "record with a Python from 3.10 to 3.13."
      ]
    case CaptureStacks.notProved:
      return [
        "There are no lines: the stacks of \(view.python ?? "this Python") are not as its version "
          + "says; record with an unpatched Python."
      ]
    default: return ["Whether lines were recorded is not known."]
    }
  }

  private func coverage() -> [String] {
    var notes: [String] = []
    if header.peakBound > 0 {
      notes.append(
        "The peak may have been up to \(style.size(header.peakBound)) higher: threads report what "
          + "they allocate in batches.")
    }
    if header.flags & CaptureFlags.forked != 0, header.inherited > 0 {
      notes.append(
        "The process was forked: \(style.size(header.inherited)) that it had from its parent count "
          + "there, and not here.")
    }
    if header.flags & CaptureFlags.onlyNew != 0 {
      notes.append("Only what was allocated since the recording began is in the figures.")
    }
    if header.flags & CaptureFlags.hidesObjects != 0 {
      notes.append(
        "The program's allocator serves C++'s operators by itself: what they allocate is not in "
          + "the figures.")
    }
    if header.flags & CaptureFlags.smallObjects == 0, header.python != 0 {
      notes.append("Python's small objects were not recorded one by one.")
    }
    return notes
  }

  private func dropped() -> [String] {
    let reasons: [(Int, String)] = [
      (header.droppedForRoom, "the capture had reached its limit, \(style.size(header.limit))"),
      (header.droppedForDisk, "the disk was full"),
      (header.droppedForMemory, "there was no memory left to note them"),
      (header.droppedForNesting, "a signal handler allocated them while another was noted"),
    ]
    return reasons.filter { $0.0 > 0 }.map { count, reason in
      "\(Digits.grouped(count)) \(count == 1 ? "block is" : "blocks are") in no line: \(reason)."
    }
  }

  private func file() -> [String] {
    var notes: [String] = []
    if header.flags & CaptureFlags.truncated != 0 {
      notes.append(
        "Somebody cut the file off while it was written: what came later is not in it.")
    }
    if view.capture.isCutShort {
      notes.append("The file is shorter than it was: a part of the figures is missing.")
    }
    // One event may be half written where a process was killed.
    let headers = view.capture.processes.isEmpty ? [header] : view.capture.processes.map(\.header)
    let open = headers.filter { $0.state == CaptureState.recording }.count
    if view.capture.damagedEntries > open * 2 {
      notes.append(
        "The file is damaged: \(Digits.grouped(view.capture.damagedEntries)) of its entries are "
          + "not as they were written, and figures may be wrong.")
    }
    return notes
  }

  private func timeline() -> [String] {
    var notes: [String] = []
    if view.capture.marks.count >= CaptureMark.most {
      notes.append("There are no marks but the first \(Digits.grouped(CaptureMark.most)).")
    }
    if view.when.isFromTimeline {
      let step = Double(header.step) / 1000
      let known =
        header.step == 0
        ? "to within a step that is not known" : "to within \(style.duration(step))"
      notes.append(
        "What lines held at a moment is known \(known)"
          + (view.isSampled ? "; its standard error is the most that it can be." : "."))
      notes.append(
        "The timeline has bytes, not blocks: how many blocks were held then is not known, and what "
          + "was allocated is that of the whole recording.")
      if header.droppedChanges > 0 {
        notes.append(
          "\(Digits.grouped(header.droppedChanges)) changes are missing in the timeline: the lines "
            + "of that moment may be those of a later one.")
      }
    }
    return notes
  }

  private func changedSources() -> [String] {
    view.sources.changedFiles.map { file in
      "\(view.short(file)) was changed after the recording began: its text may not be what ran."
    }
  }
}

extension CaptureView {
  /// The interpreter's version, as in "CPython 3.12.4"; nil without one.
  var python: String? { header.pythonName }
}

extension CaptureHeader {
  /// The interpreter's version, as in "CPython 3.12.4"; nil without one.
  var pythonName: String? {
    let version = python
    guard version != 0 else { return nil }
    return "CPython \(version >> 24).\(version >> 16 & 0xFF).\(version >> 8 & 0xFF)"
  }
}
