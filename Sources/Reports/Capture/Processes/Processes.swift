// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What there is to say of the processes of a tree.
struct Processes {
  private let view: CaptureView
  /// None where there is one process.
  var list: [CaptureProcess] { view.capture.isTree ? view.capture.processes : [] }

  init(_ view: CaptureView) { self.view = view }

  /// Whether a process went on as another program, so that it stands in the capture again.
  func hasGoneOn(_ index: Int) -> Bool {
    view.capture.successor(ofProcess: index) != nil
  }

  /// How many there were; one that became another program counts once.
  var count: Int { list.indices.filter { !hasGoneOn($0) }.count }

  /// What was recorded, as in "process 4711".
  var subject: String {
    let first = view.header.processID
    guard !list.isEmpty else { return "process \(first)" }
    return count == 1
      ? "process \(first), which became another program"
      : "\(Digits.grouped(count)) processes, the first is \(first)"
  }

  /// How many there were of each kind.
  var kinds: String {
    let forks = list.filter(\.isForked).count
    let programs = list.indices.filter(hasGoneOn).count
    var words: [String] = []
    if forks > 0 { words.append("\(Digits.grouped(forks)) forked") }
    if programs > 0 {
      words.append("\(Digits.grouped(programs)) went on as another program")
    }
    let all = Digits.grouped(count)
    return words.isEmpty ? all : "\(all) (\(words.joined(separator: ", ")))"
  }

  /// Which of them a signal killed, as a sentence; the first one's end is told elsewhere.
  func killed(_ style: Style) -> String? {
    let killed = list.indices.filter { index in
      if case .killed = list[index].ending { return !isFirst(index) }
      return false
    }
    guard let first = killed.first, case .killed(let signal) = list[first].ending else {
      return nil
    }
    let name = CaptureHeading.name(ofSignal: signal)
    let number = view.capture.number(ofProcess: first)
    let when = style.moment(Double(list[first].end) / 1e9)
    let reason = CaptureHeading.reason(ofSignal: signal, killed.count == 1 ? "it" : "them")
    return killed.count == 1
      ? "Process \(number) was killed by \(name) at \(when).\(reason)"
      : "\(Digits.grouped(killed.count)) of the processes were killed, \(number) first, by \(name) "
        + "at \(when).\(reason)"
  }

  /// Whether it is the process whose end is the tree's.
  private func isFirst(_ index: Int) -> Bool {
    list[index].header.processID == view.header.processID
  }

  /// How one ended, for a cell.
  func ending(_ index: Int) -> String {
    if let next = view.capture.successor(ofProcess: index) {
      return "became \(view.capture.number(ofProcess: next))"
    }
    switch list[index].ending {
    case .exited(0), .ended: return "ended"
    case .exited(let status): return "status \(status)"
    case .killed(let signal):
      return CaptureHeading.shortName(ofSignal: signal) ?? "signal \(signal)"
    case .stopped: return "went on"
    case .running: return "runs"
    case .withoutEnd: return "no end"
    }
  }

  /// How loud that is.
  func tone(_ index: Int) -> Tone {
    if hasGoneOn(index) { return .plain }
    switch list[index].ending {
    case .exited(0), .ended, .stopped: return .plain
    case .exited, .running: return .warm
    case .killed, .withoutEnd: return .hot
    }
  }
}

extension CaptureProcess {
  var isForked: Bool { header.flags & CaptureFlags.forked != 0 }
}
