// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// Something that happened at a moment, or a stretch of time with a name.
struct PageMark {
  var milliseconds: Double
  /// The same, of a moment.
  var until: Double
  var text: String

  /// What the program said itself, and which of its processes were killed; in the order of time.
  static func all(of view: CaptureView) -> [PageMark] {
    let capture = view.capture
    let said = capture.marks.map { mark in
      let name = DisplayWidth.shown(capture.texts[mark.name])
      let process = capture.processes.count > 1 ? " (process \(mark.processID))" : ""
      return PageMark(
        milliseconds: Double(mark.begin) / 1e6, until: Double(mark.end) / 1e6, text: name + process)
    }
    let killed = capture.processes.enumerated().compactMap { index, process -> PageMark? in
      guard case .killed = process.ending else { return nil }
      let end = Double(process.end) / 1e6
      return PageMark(
        milliseconds: end, until: end,
        text: "\(capture.label(ofProcess: index)): \(process.ending.words)")
    }
    return (said + killed).sorted { $0.milliseconds < $1.milliseconds }
  }
}
