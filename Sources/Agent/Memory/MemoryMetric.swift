// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Which of a process's sizes is asked for. The numbers are part of the C interface and are never
// reused.

/// A way of counting the memory of a process.
enum MemoryMetric: Int32 {
  /// Resident set.
  case resident = 0
  /// Proportional set.
  case proportional = 1
  /// Unique set.
  case unique = 2
  /// What the ledger says is in use, by all threads; of this process only. (3 is taken by Python.)
  case heap = 4
}

/// Bytes of this process, or -1 when unknown.
@inline(__always)
func ownMemory(_ metric: MemoryMetric, through files: borrowing SelfFiles) -> Int {
  switch metric {
  case .resident: residentBytes(through: files)
  case .proportional: memoryRollup(through: files).pss
  case .unique: memoryRollup(through: files).uss
  case .heap: engine.readings.heapBaseline &+ liveOfAllThreads()
  }
}
