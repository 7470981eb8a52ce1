// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

extension CaptureView {
  /// The lines whose sources a page shows: those that something is known of, what matters most first;
  /// then those that only called others, where their source is to be had from nowhere else.
  var linesWithSources: [(file: String, line: Int)] {
    let callers = account.tree.places.filter { place in
      if case .line(let file, _, _) = place { sources.hasWhole(file) } else { false }
    }
    return (account.rows.map(\.place) + callers).compactMap { place in
      if case .line(let file, let line, _) = place { (file, line) } else { nil }
    }
  }
}
