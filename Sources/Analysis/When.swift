// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// The moment that is asked about; moments are seconds since the recording began.
package enum When: Equatable, Sendable {
  case peak
  /// As last noted.
  case end
  /// What was held then, to within one step of the timeline.
  case at(Double)
  /// What is held at the second moment more than at the first.
  case window(Double, Double)

  /// Whether the timeline is asked, which knows bytes only.
  package var isFromTimeline: Bool {
    switch self {
    case .peak, .end: false
    case .at, .window: true
    }
  }

  /// Throws if the capture cannot tell.
  func check(_ capture: Capture) throws(AnalysisFailure) {
    switch self {
    case .peak, .end: return
    case .at(let seconds): try check(seconds, capture)
    case .window(let first, let second):
      try check(first, capture)
      try check(second, capture)
      guard first < second else { throw .emptyWindow }
    }
  }

  private func check(_ seconds: Double, _ capture: Capture) throws(AnalysisFailure) {
    // What the report prints as the end is in the recording, too.
    let end = capture.duration + 0.001
    guard seconds >= 0, seconds <= end else {
      throw .outside(seconds: seconds, duration: capture.duration)
    }
    if capture.moments.isEmpty, capture.changes.isEmpty { throw .noTimeline }
  }
}

extension Capture {
  /// Bytes in use at a moment, as noted next, or else last; nil where nothing was noted.
  ///
  /// A moment is noted when something changes, with what was in use until then: while nothing happens, what
  /// was noted before has long been something else.
  package func inUse(at seconds: Double) -> Int? {
    let wanted = Int(clamping: seconds * 1e9)
    let next = moments.partitioningIndex { $0.moment >= wanted }
    return next < moments.count ? moments[next].live : moments.last?.live
  }
}

extension Int {
  /// The nearest whole number that there is.
  package init(clamping value: Double) {
    self = value.isNaN ? 0 : value >= 9e18 ? .max : value <= -9e18 ? .min : Int(value)
  }

  /// The sum, or the nearest that there is: odd figures must not trap.
  package func plus(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other < 0 ? .min : .max) : sum
  }

  /// The difference, or the nearest that there is.
  package func minus(_ other: Int) -> Int {
    let (difference, overflows) = subtractingReportingOverflow(other)
    return overflows ? (other < 0 ? .max : .min) : difference
  }
}

extension Array {
  /// The first index from which on all elements belong to the second part.
  fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
