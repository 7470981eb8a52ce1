// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import MemorySeries
import Reports

/// Makes what is shown of what was read.
struct LiveSights {
  /// What is to be said of the choice of the capture.
  let note: String?
  /// The texts of lines, which are read once.
  private var sources: SourceLines?
  private var startTime = 0
  private var hasOwnSources = false

  init(note: String?) { self.note = note }

  /// The look that an answer with figures is.
  mutating func look(_ capture: Capture, _ account: Account, _ ending: Ending) -> LiveLook {
    let isOther = capture.header.startTime != startTime
    let hasOwn = !capture.sources.isEmpty
    if sources == nil || isOther || hasOwn != hasOwnSources { sources = SourceLines(capture) }
    startTime = capture.header.startTime
    hasOwnSources = hasOwn
    let isDated = ending == .running && startTime > 0
    let elapsed = isDated ? Double(WallTime.now().nanosecondsSinceEpoch - startTime) / 1e9 : 0
    let view = CaptureView(
      capture: capture, account: account, sources: sources ?? SourceLines(capture), ending: ending)
    return LiveLook(view: view, elapsed: elapsed, note: note)
  }

  /// Shows an answer: newer figures, or why there are none.
  mutating func show(_ answer: WatchedCapture.Answer, in model: inout LiveModel) {
    switch answer {
    case .figures(let capture, let account, let ending):
      model.show(look(capture, account, ending))
    case .unchanged: model.note(trouble: nil)
    case .failure(let failure):
      model.note(trouble: "\(Self.sentence(failure)): these are the last figures.")
    }
  }

  private static func sentence(_ failure: Failure) -> String {
    guard case .capture(let reason, let path) = failure else { return "\(failure)" }
    let name = Files.name(of: path)
    if !Files.isThere(path) { return "\(name) was deleted or renamed" }
    if case .cannotRead(let reason) = reason {
      return "\(name) cannot be read any more (\(reason))"
    }
    return "\(name) can no longer be read, \(reason.description.prefix { $0 != ":" })"
  }
}
