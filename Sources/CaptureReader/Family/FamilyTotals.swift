// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The figures of all captures of a tree together.
struct FamilyTotals {
  /// Figures that are simply added up.
  private static var sums: [WritableKeyPath<CaptureHeader, Int>] {
    [
      \.allocated, \.freed, \.allocations, \.droppedForRoom, \.droppedForDisk,
      \.droppedForMemory, \.droppedForNesting, \.droppedChanges, \.agentBytes,
    ]
  }
  /// Flags that say of the whole what they say of one.
  private static let shared =
    CaptureFlags.smallObjects | CaptureFlags.truncated | CaptureFlags.hidesObjects

  private var header = CaptureHeader()

  /// `isPassing`: the process became another program, and all it had was gone.
  mutating func add(_ one: CaptureHeader, isAtPeak: Bool, isPassing: Bool) {
    for path in Self.sums {
      header[keyPath: path] = min(
        header[keyPath: path].capped(plus: one[keyPath: path]), 1 << 60)
    }
    header.flags |= one.flags & Self.shared
    header.step = max(header.step, one.step)
    header.limit = max(header.limit, one.limit)
    if !isPassing {
      header.live = header.live.capped(plus: one.live)
      header.liveBlocks = UInt32(clamping: Int(header.liveBlocks) + Int(one.liveBlocks))
    }
    if isAtPeak {
      // What it has in use, and what it has said to the others, may each be a little off.
      header.peakBound = header.peakBound.capped(plus: one.peakBound + JointPage.batch)
      header.baseline = header.baseline.capped(plus: one.baseline)
    }
  }

  /// Puts the sums into the header of the root.
  func put(into root: inout CaptureHeader) {
    for path in Self.sums + [\.live, \.peakBound, \.baseline, \.limit] {
      root[keyPath: path] = header[keyPath: path]
    }
    root.flags = root.flags & ~CaptureFlags.forked | header.flags
    root.step = header.step
    root.liveBlocks = header.liveBlocks
    root.inherited = 0
    // Each is that of one capture at most, and there are few enough of those.
    root.live = min(max(root.live, -Capture.most), Capture.most)
    root.peakBound = min(root.peakBound, Capture.most)
    root.baseline = min(root.baseline, Capture.most)
  }
}
