// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// Whose a capture's memory was: its processes and its threads.
struct PageOwners {
  private let view: CaptureView

  init(_ view: CaptureView) { self.view = view }

  // MARK: - Of rows of the counters, by their index in the capture

  /// The processes, as indices of those that the page has.
  func processes(of rows: [Int]) -> [Int32] {
    var numbers = [Int32](repeating: 0, count: view.capture.counters.count)
    for (index, process) in view.capture.processes.enumerated() {
      for counter in process.counters where numbers.indices.contains(counter) {
        numbers[counter] = Int32(index)
      }
    }
    return rows.map { numbers[$0] }
  }

  func threads(of rows: [Int]) -> [Int32] {
    let tree = view.account.tree
    var threads = [Int32](repeating: 0, count: tree.parents.count)
    for node in threads.indices.dropFirst() {
      if case .thread(let index) = tree.place(node) {
        threads[node] = Int32(index)
      } else {
        threads[node] = threads[Int(tree.parents[node])]
      }
    }
    return rows.map { threads[Int(tree.nodeOfCounters[$0])] }
  }

  // MARK: - The JSON

  func write(to writer: inout JSONWriter) {
    writer.list("processes", entries) { process, writer in
      writer.put("pid", process.pid)
      writer.put("label", process.label)
      writer.put("begin", process.begin)
      writer.put("end", process.end)
      writer.put("peak", process.peak)
      writer.put("ending", process.ending)
    }
    writer.list("threads", view.capture.threads.indices) { index, writer in
      writer.put("label", index == 0 ? "" : view.name(.thread(index)))
      writer.put("process", process(ofThread: index))
    }
  }

  private struct Entry {
    var pid: Int
    var label: String
    var begin: Double
    var end: Double
    var peak: Int
    var ending: String
  }

  private var entries: [Entry] {
    let header = view.header
    guard !view.capture.processes.isEmpty else {
      let pid = Int(header.processID)
      return [
        Entry(
          pid: pid, label: "\(pid) \(ProgramName.withoutFolder(view.capture.command))", begin: 0,
          end: Double(header.lastMoment) / 1e6, peak: header.peak,
          ending: CaptureHeading(view, style: Style()).ending.text)
      ]
    }
    return view.capture.processes.enumerated().map { index, process in
      Entry(
        pid: Int(process.header.processID), label: view.name(.member(index)),
        begin: Double(process.begin) / 1e6, end: Double(process.end) / 1e6,
        peak: process.header.peak, ending: process.ending.words)
    }
  }

  private func process(ofThread thread: Int) -> Int {
    view.capture.processes.firstIndex { $0.threads.contains(thread) } ?? 0
  }
}

extension Ending {
  /// In a few words, for a list.
  var words: String {
    switch self {
    case .exited(0), .ended: "ended"
    case .exited(let status): "ended with status \(status)"
    case .killed(let signal): "killed by signal \(signal)"
    case .stopped: "its recording was stopped"
    case .running: "runs"
    case .withoutEnd: "killed, or ended unseen"
    }
  }
}
