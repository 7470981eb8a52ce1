// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What is known of a recording at one look at it.
package struct LiveLook {
  /// The figures, the peak's first.
  package let view: CaptureView
  /// Seconds since the recording began, also those in which nothing was noted.
  package let elapsed: Double
  /// Why there are no later figures, as a sentence.
  package var trouble: String?
  /// What else is to be said, as a sentence.
  package var note: String?

  package init(view: CaptureView, elapsed: Double, trouble: String? = nil, note: String? = nil) {
    self.view = view
    self.elapsed = max(elapsed, view.capture.duration)
    self.trouble = trouble
    self.note = note
  }

  var header: CaptureHeader { view.header }

  /// The lines that have the filter's text in them, in the order of a figure.
  ///
  /// What is equal is in the order of the report.
  func lines(by sort: LiveSort, with filter: String) -> [Account.Row] {
    var rows = view.account.rows
    if !filter.isEmpty {
      var matcher = LiveFilter(filter, view)
      rows = rows.filter { matcher.matches($0.place) }
    }
    guard sort != .peak else { return rows }
    let amounts = rows.map { sort.amount($0.figures) }
    let order = rows.indices.sorted { one, other in
      amounts[one] != amounts[other] ? amounts[one] > amounts[other] : one < other
    }
    return order.map { rows[$0] }
  }

  /// What is going on, in a few words.
  func state(_ style: Style) -> (text: String, tone: Tone) {
    if trouble != nil { return ("no later figures", .warm) }
    switch view.ending {
    case .running: return ("running, \(style.moment(elapsed))", .good)
    case .exited(0), .ended: return ("ended", .plain)
    case .exited(let status): return ("ended with status \(status)", .warm)
    case .killed: return ("killed", .hot)
    case .stopped: return ("recording stopped", .plain)
    case .withoutEnd: return ("no end", .hot)
    }
  }

  /// The sentence that matters most beside the figures; nil while all goes its way.
  func sentence(_ style: Style) -> (text: String, tone: Tone)? {
    if let trouble { return (DisplayWidth.shown(trouble), .warm) }
    if view.ending != .running { return CaptureHeading(view, style: style).ending }
    return note.map { (DisplayWidth.shown($0), .quiet) }
  }
}
