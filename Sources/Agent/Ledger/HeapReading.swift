// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A thread's ledger at one moment: what a stretch of time cost is the difference of two.
struct HeapReading: BitwiseCopyable {
  /// Bytes allocated and not freed, since the start of accounting.
  var live = 0
  /// Bytes and blocks allocated so far, and the bytes that were asked for.
  var allocated = 0
  var allocations = 0
  var requested = 0
  /// The part of `live` that is small objects of Python.
  var python = 0

  init() {}

  @inline(__always)
  init(_ ledger: Ref<ThreadLedger>) {
    python = ledger[].pythonAllocated &- ledger[].pythonFreed
    live = ledger[].live
    allocated = ledger[].taken &+ ledger[].mappedAllocated
    allocations = ledger[].allocations &+ ledger[].pythonAllocations &+ ledger[].mappings
    requested = ledger[].requested &+ ledger[].pythonRequested &+ ledger[].mappedRequested
  }
}
