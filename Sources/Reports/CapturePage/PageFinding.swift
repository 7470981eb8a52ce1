// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A sentence that says what matters, and the place that it is about, as an index of the tree's.
struct PageFinding: Equatable {
  var text: String
  var place: Int?
}
