// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The difference of two captures as JSON: docs/format.md has the keys.
struct DifferenceDocument {
  /// The version of the form; a change that breaks a reader raises it.
  static let schema = 1
  /// Stacks that are written if nobody says how many.
  static let usualStacks = 10

  private let view: DifferenceView
  private let report: DifferenceReport
  private var difference: Difference { view.difference }

  init(_ view: DifferenceView, _ report: DifferenceReport) {
    self.view = view
    self.report = report
  }

  func write(to writer: inout JSONWriter) {
    writer.put("schema", Self.schema)
    writer.put("kind", "difference")
    writer.put("mode", view.isSampled ? "sampled" : "exact")
    writer.put("figure", view.figure.rawValue)
    writer.object("before", .rows) { capture(view.before, &$0) }
    writer.object("after", .rows) { capture(view.after, &$0) }
    writer.put("same_program", view.isSameProgram)
    writer.object("totals", .rows) { writer in
      for figure in Figure.allCases {
        writer.object(Self.key(figure)) { put(difference.total(figure), isEstimate: false, &$0) }
      }
    }
    let figure = view.figure
    let parts: [(String, Change)] = [
      ("in_lines", difference.inLines(figure)), ("baseline", difference.baseline(figure)),
      ("other_threads", difference.inOtherThreads(figure)),
      ("unexplained", difference.unexplained(figure)),
    ]
    for (key, change) in parts { writer.object(key) { put(change, isEstimate: true, &$0) } }
    judgement(&writer)
    writer.list("lines", difference.lines.prefix(report.limit ?? .max), line)
    writer.put("matched_by_number", difference.matchedByNumber)
    writer.list("stacks", difference.stacks.changed.prefix(report.limit ?? Self.usualStacks), stack)
    writer.put("changed_stacks", difference.stacks.changed.count)
    let limits = DifferenceLimits(view, style: Style())
    writer.list("caveats", texts: limits.estimates() + limits.notes())
  }

  private static func key(_ figure: Figure) -> String {
    switch figure {
    case .peak: "at_peak"
    case .live: "live_at_end"
    case .allocated: "allocated"
    case .allocations: "allocations"
    }
  }

  private func capture(_ part: DifferenceView.Part, _ writer: inout JSONWriter) {
    writer.put("capture", part.name)
    let document = CaptureDocument(part.capture)
    // The mode is said of both; the interval tells them apart.
    document.recording(&writer, withMode: false)
  }

  private func judgement(_ writer: inout JSONWriter) {
    guard let allowance = report.allowance, let verdict = report.verdict(view, style: Style())
    else {
      writer.put("judgement", String?.none)
      return
    }
    writer.object("judgement") { writer in
      switch allowance {
      case .percent(let percent):
        writer.put("allowed_percent", percent)
        writer.put("allowed", Int?.none)
      case .amount(let amount):
        writer.put("allowed_percent", Double?.none)
        writer.put("allowed", amount)
      }
      writer.put("failed", verdict.isFailed)
      writer.put("basis", verdict.basis)
    }
  }

  private func put(_ change: Change, isEstimate: Bool, _ writer: inout JSONWriter) {
    writer.put("before", change.before)
    writer.put("after", change.after)
    writer.put("change", change.amount)
    guard isEstimate else {
      writer.put("percent", change.share.map { $0 * 100 })
      return
    }
    writer.put("standard_error", change.error)
    if let isBeyond = change.isBeyondError {
      writer.put("beyond_error", isBeyond)
    } else {
      writer.put("beyond_error", String?.none)
    }
  }

  private func line(_ line: Difference.Line, _ writer: inout JSONWriter) {
    place(line.place, &writer)
    writer.put("source", view.source(line))
    writer.put("status", line.status.rawValue)
    var former: (file: String, line: Int)?
    if case .line(let file, let number, _) = line.before { former = (file, number) }
    writer.put("file_before", former?.file)
    writer.put("line_before", former?.line)
    for figure in Figure.allCases {
      writer.object(Self.key(figure)) { put(line.change(figure), isEstimate: true, &$0) }
    }
  }

  private func place(_ place: Place, _ writer: inout JSONWriter) {
    if case .line(let file, let line, let function) = place {
      writer.put("file", file)
      writer.put("line", line)
      writer.put("function", function)
    } else {
      writer.put("file", String?.none)
      writer.put("line", Int?.none)
      writer.put("function", view.after.capture.name(place))
    }
  }

  private func stack(_ node: Int, _ writer: inout JSONWriter) {
    put(difference.stacks.change(node), isEstimate: true, &writer)
    writer.list("frames", difference.tree.path(to: node)) { call, writer in
      place(call.after ?? call.before ?? .unknown, &writer)
      let status: Difference.Line.Status =
        call.before == nil ? .new : call.after == nil ? .gone : .both
      writer.put("status", status.rawValue)
    }
  }
}
