// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Watched blocks of code, `with peakline.watch()`: METH_FASTCALL functions, since a call through ctypes
// would cost more than most blocks. A watch is known to Python by the address of its record.

import CAgent

/// A stretch of a thread's time, and what the other threads had live when it began.
private struct Watch: BitwiseCopyable {
  var stretch: Stretch
  var othersBefore = 0
  /// Which of the threads that had the ledger one after the other.
  var life = 0
  /// Its own address as long as it is in use: a handle that is used twice is told by it.
  var address = 0
}

/// The eight figures of a watch, in bytes.
private let figureBytes = 64

/// `watch_begin(passing) -> int`: begins a watch on the calling thread; 0 where there is no memory.
///
/// `passing` are bytes of the call's own (the bound method of `__enter__`), which are live now and freed
/// as soon as it returns: they are not the block's.
@c(peakline_watch_begin)
public func watchBegin(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  guard let ledger = currentLedger(), let watch = pool.take(Watch.self) else {
    return python.integer(0)
  }
  watch[].othersBefore = liveOfAllThreads() &- ledger[].live
  watch[].life = ledger[].life
  watch[].address = watch.address
  // The number is made first: it is not the block's either.
  let handle = python.integer(watch.address)
  let passing = count > 0 ? python.number(load(arguments)) : 0
  var now = HeapReading(ledger)
  now.live = now.live &- passing
  if smallObjects.isInstalled { now.python = now.python &- passing }
  watch.firstField(as: Stretch.self).begin(on: ledger, at: now)
  return handle
}

/// `watch_read(handle) -> bytes`: the figures until now, as words: increment, peak, allocated, freed,
/// allocations, the increment's part that is small objects of Python, requested, other threads; nothing
/// where the thread that began the watch has ended, or the handle is not one.
@c(peakline_watch_read)
public func watchRead(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  guard let watch = watch(arguments) else { return python.bytes(0, 0) }
  let stretch = watch.firstField(as: Stretch.self)
  if watch[].life != stretch[].ledger[].life { return python.bytes(0, 0) }
  return figures(of: watch, until: HeapReading(stretch[].ledger), peak: stretch.peak())
}

/// `watch_end(handle) -> bytes`: ends the watch; the same figures.
@c(peakline_watch_end)
public func watchEnd(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  guard let watch = watch(arguments) else { return python.bytes(0, 0) }
  let stretch = watch.firstField(as: Stretch.self)
  let isThreads = watch[].life == stretch[].ledger[].life
  let end = HeapReading(stretch[].ledger)
  let peak = stretch.peak()
  if isThreads { stretch.end() }
  let result = isThreads ? figures(of: watch, until: end, peak: peak) : python.bytes(0, 0)
  watch[].address = 0
  pool.give(watch)
  return result
}

private func watch(_ arguments: Arguments) -> Ref<Watch>? {
  guard let watch = Ref<Watch>(address: python.number(load(arguments))),
    watch[].address == watch.address
  else { return nil }
  return watch
}

private func figures(of watch: Ref<Watch>, until end: HeapReading, peak: Int) -> PyObject {
  let start = watch[].stretch.start
  let others = liveOfAllThreads() &- watch[].stretch.ledger[].live &- watch[].othersBefore
  var sum = HeapFigures()
  sum.add(from: start, to: end, peak: peak, others: others)
  return figures(sum, increment: end.live &- start.live)
}

private func figures(_ sum: HeapFigures, increment: Int) -> PyObject {
  var words: InlineArray<8, Int> = [
    increment, sum.ownPeak, sum.allocated, sum.freed, sum.allocations, sum.python, sum.requested,
    sum.otherThreads,
  ]
  return unsafe withUnsafeMutableBytes(of: &words) { bytes in
    python.bytes(Int(bitPattern: bytes.baseAddress), figureBytes)
  }
}
