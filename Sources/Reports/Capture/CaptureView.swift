// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What a report of a capture is made from.
package struct CaptureView {
  package let capture: Capture
  package let account: Account
  package let sources: SourceLines
  package let ending: Ending
  private let fileNames: FileNames

  package init(capture: Capture, account: Account, sources: SourceLines, ending: Ending) {
    self.capture = capture
    self.account = account
    self.sources = sources
    self.ending = ending
    fileNames = FileNames(capture)
  }

  var header: CaptureHeader { capture.header }
  var isSampled: Bool { capture.isSampled }
  package var when: When { account.when }

  /// What shares are shares of: what was in use, or all that rows hold where more was not noted.
  var whole: Int { account.height ?? account.sum.held }

  /// What was in use before the recording of a process that ran already, and is nothing of what was
  /// recorded; else 0.
  var before: Int {
    let isWhole = capture.isTree || header.flags & CaptureFlags.preloaded != 0
    return isWhole || account.baseline >= whole ? 0 : account.baseline
  }

  /// What sentences tell shares of: the whole without what was there before.
  var added: Int { whole.minus(before) }

  /// What that is called.
  func addedWords(_ style: Style) -> String {
    let words = MomentWords(when, style: style).whole
    return before == 0 ? words : "\(words) above the \(style.size(before)) that were there before"
  }

  /// The bytes that are worth being listed by themselves.
  func least(_ part: Double) -> Int {
    let whole = max(whole.size, account.sum.held.size)
    return max(1, Int(Double(whole) * part))
  }
}

// MARK: - Places

extension CaptureView {
  /// What a place is called in a table: a line by the end of its file's path.
  package func name(_ place: Place) -> String {
    switch place {
    case .process: "all"
    case .member(let index): name(ofProcess: index)
    case .thread(let index): DisplayWidth.shown(capture.label(ofThread: index))
    case .line(let file, let line, _): "\(short(file)):\(line)"
    case .outside: "(outside of Python code)"
    case .hidden: "(in lines that are hidden)"
    case .unknown: "(its stack is not known)"
    }
  }

  func function(_ place: Place) -> String {
    if case .line(_, _, let function) = place { return DisplayWidth.shown(function) }
    return ""
  }

  package func source(_ place: Place) -> String? {
    if case .line(let file, let line, _) = place { return sources.text(file, line) }
    return nil
  }

  /// The text of a place's line without its indentation.
  func code(_ place: Place) -> String {
    let text = DisplayWidth.shown(source(place) ?? "")
    return String(text.drop { $0 == " " })
  }

  /// A path as seen from the program's folder, or from where its library is installed.
  package func short(_ file: String) -> String { fileNames.short(file) }

  /// The calls that lead to a node, the outermost first; long ones without their middle.
  func path(to node: Int, style: Style) -> String {
    style.path(account.tree.path(to: node)) { name(ofCall: account.tree.place($0)) }
  }

  /// A call in a path: its line and its function.
  func name(ofCall place: Place) -> String {
    let function = function(place)
    return name(place) + (function.isEmpty ? "" : " " + function)
  }

  /// What a process of a tree is called: its number and its command line.
  private func name(ofProcess index: Int) -> String {
    let process = capture.processes[index]
    let mark = process.isForked ? " (forked)" : ""
    let command = ProgramName.withoutFolder(process.command)
    return DisplayWidth.shown(
      capture.number(ofProcess: index) + mark + (command.isEmpty ? "" : " " + command))
  }

  /// What a thread is called below its process, if processes are shown.
  package func name(ofThread index: Int) -> String {
    DisplayWidth.shown(capture.name(ofThread: index))
  }

  /// Whether a thread is worth being told: in a tree where another of its process did anything, else
  /// where any other did.
  package func isTold(thread index: Int) -> Bool {
    guard let process = capture.process(ofThread: index) else { return hasThreads }
    let threads = capture.processes[process].threads.clamped(to: account.threads.indices)
    return account.threads[threads].filter { $0 != Figures() }.count > 1
  }

  /// Whether more than one thread did anything.
  package var hasThreads: Bool { account.threads.filter { $0 != Figures() }.count > 1 }

  /// What limits the figures, in sentences.
  package var caveats: [String] {
    let limits = Limits(self, style: Style())
    return limits.estimates() + limits.notes()
  }
}

extension Style {
  /// Calls, the outermost first; long paths without their middle.
  func path<Call>(_ calls: [Call], _ name: (Call) -> String) -> String {
    guard calls.count > 9 else { return calls.map(name).joined(separator: " \(arrow) ") }
    let left = ["\(ellipsis) \(calls.count - 8) more"]
    let shown = calls.prefix(2).map(name) + left + calls.suffix(6).map(name)
    return shown.joined(separator: " \(arrow) ")
  }
}

// MARK: - Shares

extension CaptureView {
  /// A part of the whole in percent, for a cell.
  func shareCell(_ bytes: Int) -> String {
    guard whole > 0 else { return "" }
    let percent = 100 * Double(bytes) / Double(whole)
    if percent > 0, percent < 0.5 { return "<1 %" }
    return "\(Int(clamped: percent)) %"
  }

  /// How loud a figure is beside the whole.
  func tone(_ bytes: Int) -> Tone { tone(bytes, of: max(whole, account.sum.held)) }

  /// How loud a figure is beside another one.
  func tone(_ bytes: Int, of whole: Int) -> Tone {
    if bytes == 0 { return .quiet }
    if bytes < 0 { return .good }
    let share = Double(bytes) / Double(max(1, whole))
    return share >= 0.25 ? .hot : share >= 0.05 ? .warm : share >= 0.005 ? .plain : .quiet
  }
}
