// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The exact peak of a stretch of time, without sampling: the kernel remembers the most pages that
// were ever resident (VmHWM), and writing "5" to clear_refs makes it forget. There is one such mark
// in a process but any number of stretches, nested or on several threads; so before each forgetting
// the mark is folded into every open stretch.
//
// How exact? Newer kernels count pages per processor and note a peak without the pages that a
// processor has not reported yet, up to 32 on each that the program ran on. The standing part of
// that error is corrected (`counterLag`); a peak is never shown too high by it.
//
// A forked child inherits the open stretches and may end its copies; its own mark began at the
// fork.

import CAgent
import Synchronization

/// A table of open stretches, one word each: 0 is free, else the highest mark so far.
///
/// One page, made at the first use.
private let table = Atomic<Int>(0)
private let capacity = 512

/// 0, or one more than the fork generation of the holder: a lock that the parent held means nothing
/// in the child.
private let lock = Atomic<UInt32>(0)

/// Opens a stretch.
///
/// Answers its slot, or -1 where the kernel does not let the mark be reset.
func beginHighWater() -> Int32 {
  acquire()
  defer { lock.store(0, ordering: .releasing) }
  guard let stretches = unsafe stretchTable() else { return -1 }
  var slot = 0
  while slot < capacity, unsafe stretches[slot] != 0 { slot = slot &+ 1 }
  if slot == capacity { return -1 }
  unsafe fold(highWaterMark(through: programFiles), into: stretches)
  if !resetMark() { return -1 }
  unsafe stretches[slot] = max(residentBytes(), 1)
  return Int32(truncatingIfNeeded: slot)
}

/// The peak of an open stretch until now, in bytes.
func highWater(of slot: Int32, through files: borrowing SelfFiles) -> Int {
  acquire()
  defer { lock.store(0, ordering: .releasing) }
  guard slot >= 0, slot < capacity, let stretches = unsafe stretchTable() else { return -1 }
  unsafe fold(highWaterMark(through: files), into: stretches)
  return unsafe stretches[Int(slot)]
}

/// Closes a stretch and answers its peak in bytes.
func endHighWater(_ slot: Int32) -> Int {
  let peak = highWater(of: slot, through: programFiles)
  if peak <= 0 { return -1 }
  acquire()
  defer { lock.store(0, ordering: .releasing) }
  if let stretches = unsafe stretchTable() { unsafe stretches[Int(slot)] = 0 }
  return peak
}

/// The most bytes resident since the kernel's last reset, whoever did it; -1 when unknown.
func highWaterMark(through files: borrowing SelfFiles) -> Int {
  let noted = notedMark(through: files)
  // The present size is an exact sum. A peak that is over was noted from counters that lag behind.
  return noted.isOver ? noted.bytes &+ counterLag(through: files) : noted.bytes
}

/// The mark as the kernel noted it, -1 when unknown, and whether it is above the present size.
func notedMark(through files: borrowing SelfFiles) -> (bytes: Int, isOver: Bool) {
  var mark = -1
  let present = files.status.reading("/proc/self/status") { descriptor in
    var resident = -1
    let lines = unsafe forEachLine(of: descriptor) { line, count in
      // One letter tells these lines from nearly all others; reading a page of text is what costs.
      if count > 6, unsafe line[0] == 86 {
        let found = unsafe number(inLine: line, count: count, named: "VmHWM:")
        if found >= 0 { mark = found }
        resident = unsafe number(inLine: line, count: count, named: "VmRSS:")
      }
      return resident < 0
    }
    return lines < 0 ? lines : resident
  }
  if mark < 0 || present < 0 { return (-1, false) }
  return (mark &* 1024, mark > present)
}

/// Makes the kernel forget its mark.
///
/// The file is opened for this one write: a number kept for writing could become the program's.
private func resetMark() -> Bool {
  let file = unsafe openFile(StaticString("/proc/self/clear_refs").utf8Start, O_WRONLY)
  if file < 0 { return false }
  let written = unsafe kernel(
    Int32(SYS_write), file, Int(bitPattern: StaticString("5").utf8Start), 1)
  closeFile(file)
  return written == 1
}

private func fold(_ mark: Int, into stretches: UnsafeMutablePointer<Int>) {
  var slot = 0
  while slot < capacity {
    if unsafe stretches[slot] > 0, unsafe stretches[slot] < mark { unsafe stretches[slot] = mark }
    slot = slot &+ 1
  }
}

private func stretchTable() -> UnsafeMutablePointer<Int>? {
  if table.load(ordering: .relaxed) == 0, let page = unsafe mapMemory(capacity &* 8) {
    table.store(Int(bitPattern: page), ordering: .relaxed)
  }
  return unsafe UnsafeMutablePointer(bitPattern: table.load(ordering: .relaxed))
}

/// Takes the lock, which is held for about 10 µs at a time.
private func acquire() {
  watchForks()
  let mine = forkGeneration() &+ 1
  while true {
    let holder = lock.load(ordering: .relaxed)
    if holder != mine {
      let attempt = lock.compareExchange(
        expected: holder, desired: mine, ordering: .acquiring)
      if attempt.exchanged { return }
    }
    yieldProcessor()
  }
}
