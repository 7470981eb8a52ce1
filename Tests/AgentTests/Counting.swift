// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

@testable import Agent

/// Counting as the hooks do it.
extension Ref where Target == ThreadLedger {
  func countBlock(_ bytes: Int, requested: Int) {
    if self[].tookBlock(bytes, requested: requested) { self[].raisePeak() }
  }

  func countObject(_ bytes: Int, requested: Int) {
    if self[].tookObject(bytes, requested: requested) { self[].raisePeak() }
  }
}
