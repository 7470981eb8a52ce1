// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What is said of how well the peak of several processes together is known.
struct JointPeak {
  private let view: CaptureView
  private let style: Style

  init(_ view: CaptureView, style: Style) {
    self.view = view
    self.style = style
  }

  /// Whether the captures were made apart, so that it was found from their timelines.
  var isEstimate: Bool { view.header.flags & CaptureFlags.joined != 0 }

  /// What follows its height in a sentence.
  var words: String {
    let bound = view.header.peakBound
    guard bound > 0 else { return isEstimate ? " or lower" : "" }
    return isEstimate
      ? " or lower (by up to \(style.size(bound)))" : " (or up to \(style.size(bound)) more)"
  }

  /// How it was found, where that was from timelines.
  var note: String {
    "The captures were made apart: the peak of all is the most that each had in use within the same "
      + "\(style.moment(Double(view.header.step) / 1000)), added up."
  }
}
