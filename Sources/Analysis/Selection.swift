// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// What of a capture is looked at.
package struct Selection: Equatable, Sendable {
  /// Where there are any, lines of other functions are hidden.
  package var only: [String]
  /// Lines of these are hidden: what they hold counts with the line that called them.
  package var hide: [String]
  /// The same of all libraries.
  package var hidesLibraries: Bool
  /// The name of a thread, or the kernel's number of it; nil for all.
  package var thread: String?

  package init(
    only: [String] = [], hide: [String] = [], hidesLibraries: Bool = false, thread: String? = nil
  ) {
    self.only = only
    self.hide = hide
    self.hidesLibraries = hidesLibraries
    self.thread = thread
  }

  package var isEmpty: Bool { self == Selection() }

  /// Of each function, whether its lines are shown.
  func shown(in capture: Capture) -> [Bool] {
    let wanted = only.map(FunctionPattern.init)
    let unwanted = hide.map(FunctionPattern.init)
    if wanted.isEmpty, unwanted.isEmpty, !hidesLibraries {
      return Array(repeating: true, count: capture.functions.count)
    }
    return capture.functions.map { function in
      let file = capture.texts[function.file]
      let name = capture.texts[function.name]
      if hidesLibraries, Library(ofFile: file) != nil { return false }
      if unwanted.contains(where: { $0.matches(file: file, function: name) }) { return false }
      return wanted.isEmpty || wanted.contains { $0.matches(file: file, function: name) }
    }
  }

  /// Of each thread, whether it is looked at; nil where all are.
  func threads(in capture: Capture) throws(AnalysisFailure) -> [Bool]? {
    guard let thread else { return nil }
    let glob = Glob(thread)
    let number = UInt32(thread)
    var chosen = capture.threads.map { one in
      glob.matches(capture.texts[one.name]) || (number != nil && one.number == number)
    }
    if !chosen.isEmpty { chosen[0] = false }
    guard chosen.contains(true) else {
      throw .noThread(
        thread, available: capture.threads.indices.dropFirst().map { capture.label(ofThread: $0) })
    }
    return chosen
  }
}
