// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// Which process of a tree is meant: its number, "4711-2" for the second program that it was, or a glob
/// on its command.
package struct ProcessPattern {
  private let text: String
  private let glob: Glob

  package init(_ text: String) {
    self.text = text
    glob = Glob(text)
  }

  /// The index of the only process that is meant.
  package func process(in capture: Capture) throws(AnalysisFailure) -> Int {
    if capture.processes.isEmpty {
      let isMeant = text == "\(capture.header.processID)" || matches(capture.command)
      guard isMeant else {
        throw .noProcess(text, available: [capture.label(ofProcess: 0)])
      }
      return 0
    }
    let all = capture.processes.indices
    if let index = all.first(where: { capture.processes[$0].name == text }) { return index }
    let numbered = all.filter { "\(capture.processes[$0].header.processID)" == text }
    if numbered.count == 1 { return numbered[0] }
    let found = all.filter { matches(capture.processes[$0].command) }
    guard let index = found.first else {
      throw .noProcess(text, available: all.map { Self.short($0, capture) })
    }
    guard found.count == 1 else {
      throw .manyProcesses(text, found: found.map { Self.short($0, capture) })
    }
    return index
  }

  /// A command line as a whole, or what it runs.
  private func matches(_ command: String) -> Bool {
    let name = ProgramName(command)
    return !command.isEmpty
      && [command, name.short, name.program].contains { glob.matches($0) }
  }

  private static func short(_ index: Int, _ capture: Capture) -> String {
    let name = ProgramName(capture.processes[index].command).short
    return capture.number(ofProcess: index) + (name.isEmpty ? "" : " (\(name))")
  }
}
