// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// A table of descriptors for one thread of the agent alone: what it opens there neither shifts the
// program's numbers nor can be closed by it.

import CAgent

/// Gives the calling thread an empty table of descriptors.
///
/// False where the kernel has no safe way to do so.
func takeOwnDescriptorTable() -> Bool {
  let all = Int(UInt32.max)
  // Whoever accepts a flag that does not exist would also ignore the one that protects the
  // program's descriptors.
  let answer = kernel(closeRange, all, all, 1 << 30)
  return answer == 0 &- Int(EINVAL) && kernel(closeRange, 0, all, unsharing) == 0
}

/// `SYS_close_range`, the same on every architecture; older headers lack it.
private let closeRange: Int32 = 436

/// `CLOSE_RANGE_UNSHARE`.
private let unsharing = 2
