// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// The latest figures of the process's memory, read as seldom as is exact.
///
/// Resident memory moves only by page faults and unmapping, and neither is done faster than a page
/// fault. So a stretch of a thread that was shorter than that cannot have changed it, and the last
/// reading still holds. The gate is therefore the time since *this thread's previous event*; a gate
/// on the time since the last reading would charge the pages of a short line to a long one beside
/// it. Other threads can change the memory meanwhile: no reading is trusted for longer than
/// `longestTrust`.
struct Readings {
  /// Bytes, the agent's own pages not included.
  private(set) var rss = 0
  private var pss = 0
  private var uss = 0
  private var traced = 0
  /// What the process's other threads had live at the last reading, by the ledger, and what was in use
  /// when accounting began.
  private(set) var otherThreads = 0
  var heapBaseline = 0
  private var readAt: Ticks = 0
  /// The roll-up is older than `rss`.
  private var rollupIsStale = true
  /// The same of `otherThreads`.
  private var othersAreStale = true

  private var shortestChange: Ticks = 1_000
  private var longestTrust: Ticks = 100_000

  /// Whether this kernel's counters show every single page at once; false on kernels that count in
  /// batches per CPU.
  private(set) var exactToThePage = true

  @inline(__always)
  func value(of backend: Backend) -> Int {
    switch backend {
    case .rss: rss
    case .pss: pss
    case .uss: uss
    default: traced
    }
  }

  /// Brings the figures that `needed` names up to date for an event at `now`, `gap` ticks after the
  /// thread's previous one; the result is the time when that was done, where the next line's time
  /// begins.
  @inline(__always)
  mutating func refresh(gap: Ticks, now: Ticks, needed: Backends, python: borrowing PythonAPI)
    -> Ticks
  {
    let mayHaveChanged = gap > shortestChange || now &- readAt > longestTrust
    if !mayHaveChanged && needed.onlyCheap && !(needed.heap && othersAreStale) { return now }
    return read(mayHaveChanged: mayHaveChanged, needed: needed, python: python)
  }

  @inline(never)
  private mutating func read(mayHaveChanged: Bool, needed: Backends, python: borrowing PythonAPI)
    -> Ticks
  {
    if mayHaveChanged {
      readResident()
      rollupIsStale = true
      othersAreStale = true
    }
    if needed.heap && othersAreStale {
      othersAreStale = false
      otherThreads = liveOfAllThreads() &- (currentLedger()?[].live ?? 0)
    }
    if needed.rollup && rollupIsStale {
      let rollup = memoryRollup()
      if rollup.rss >= 0 {
        pss = rollup.pss &- ownBytes()
        uss = rollup.uss &- ownBytes()
        rollupIsStale = false
      }
    }
    // Python's allocator needs no page fault to change what is traced: it is asked each time.
    if needed.traced { traced = python.tracedBytes() }
    let now = peakline_ticks()
    if mayHaveChanged { readAt = now }
    return now
  }

  private mutating func readResident() {
    let bytes = residentBytes()
    if bytes >= 0 { rss = bytes &- ownBytes() }
  }

  /// Measures what a page fault costs here, and whether the kernel shows each page at once.
  mutating func calibrate(secondsPerTick: Double) {
    let size = pageSize()
    let pages = 64
    guard let start = unsafe mapMemory(pages &* size) else { return }
    unsafe refuseHugePages(start, pages &* size)
    var shortest = Ticks.max
    var before = residentBytes()
    var page = 0
    while page < pages {
      let began = peakline_ticks()
      unsafe start.storeBytes(of: 1, toByteOffset: page &* size, as: UInt8.self)
      shortest = min(shortest, peakline_ticks() &- began)
      let after = residentBytes()
      // Other threads may add pages of their own; a counter that lags shows none.
      if after < before &+ size { exactToThePage = false }
      before = after
      page = page &+ 1
    }
    unsafe unmapMemory(start, pages &* size)
    let microsecond = 1e-6 / secondsPerTick
    let gate = min(max(0.8 * Double(shortest), 0.15 * microsecond), microsecond)
    shortestChange = Ticks(small: gate)
    longestTrust = Ticks(small: 50 * microsecond)
  }
}

extension UInt64 {
  /// The rounded number, for a number from 0 to 2^51: the checked conversion would trap beyond its
  /// range, this one cannot.
  ///
  /// Adding 2^52 leaves the whole part in the low bits of the significand.
  fileprivate init(small number: Double) {
    self = (number + 0x1p52).bitPattern & 0x000F_FFFF_FFFF_FFFF
  }
}

/// What the agent itself has mapped, all of it resident, in bytes.
@inline(__always)
func ownBytes() -> Int { pool.mappedBytes &+ ledgerBytes() &+ recordingBytes() }
