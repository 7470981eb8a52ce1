// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// A native thread that reads a series at a fixed pace, whatever the interpreter does meanwhile. It
// never takes the GIL, receives no signal, and keeps its files in a table of descriptors of its
// own. A forked child has the samples but not the thread.

import CAgent

/// A sampler, in a page of its own whose address is the handle that Python keeps.
@safe
struct Sampler {
  /// Asks the thread to end.
  let stop: Signal
  /// Says that the first sample is there.
  let ready: Signal
  let interval: Int
  /// How many nanoseconds after the start the series ends by itself, or `Int.max`.
  let limit: Int
  let generation: UInt32
  var series: Series
  var thread = pthread_t()
  var kernelThread = 0
  var ended = false
}

/// Starts the thread and waits for its first sample, so that a series begins with the agent's own
/// pages counted.
///
/// Answers nil when there is no memory or no thread to be had.
func startSampler(_ series: Series, interval: Int, limit: Int) -> UnsafeMutablePointer<Sampler>? {
  watchForks()
  guard let page = unsafe mapMemory(pageSize()) else { return nil }
  let sampler = unsafe (page + 64).assumingMemoryBound(to: Sampler.self)
  unsafe sampler.initialize(
    to: Sampler(
      stop: Signal(at: page), ready: Signal(at: page + 8), interval: max(interval, 50_000),
      limit: limit, generation: forkGeneration(), series: series))
  var all = sigset_t()
  var before = sigset_t()
  unsafe sigfillset(&all)
  // The thread inherits the mask: the program's signals go to the program's threads.
  unsafe sigprocmask(SIG_SETMASK, &all, &before)
  let failed = unsafe agent_thread_start(&sampler.pointee.thread, run, sampler)
  unsafe sigprocmask(SIG_SETMASK, &before, nil)
  if failed != 0 {
    unsafe discardSampler(sampler, into: nil, capacity: 0)
    return nil
  }
  while unsafe !sampler.pointee.ready.isRaised { unsafe sampler.pointee.ready.wait() }
  return unsafe sampler
}

/// Ends the thread, reads once more unless the series was over, and answers how many samples there
/// are.
func stopSampler(_ sampler: UnsafeMutablePointer<Sampler>) -> Int {
  if unsafe sampler.pointee.stop.isRaised { return unsafe sampler.pointee.series.store.count }
  unsafe sampler.pointee.stop.raise()
  if unsafe sampler.pointee.generation == forkGeneration() {
    let thread = unsafe sampler.pointee.kernelThread
    _ = unsafe agent_thread_join(sampler.pointee.thread)
    // A joined thread may still be counted for a moment, and a fork right now would be warned of
    // it.
    let process = kernel(Int32(SYS_getpid))
    while kernel(Int32(SYS_tgkill), process, thread) == 0 { yieldProcessor() }
  }
  if unsafe !sampler.pointee.ended || sampler.pointee.series.length < 3 {
    _ = unsafe sampler.pointee.series.read(through: programFiles, atLeast: 3)
  }
  return unsafe sampler.pointee.series.store.count
}

/// Copies the samples out and gives all memory back.
func discardSampler(
  _ sampler: UnsafeMutablePointer<Sampler>, into target: UnsafeMutablePointer<Sample>?,
  capacity: Int
) {
  unsafe sampler.pointee.series.finish(into: target, capacity: capacity)
  unsafe unmapMemory(UnsafeMutableRawPointer(sampler) - 64, pageSize())
}

/// The thread's body.
private func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let sampler = unsafe argument?.assumingMemoryBound(to: Sampler.self) else { return nil }
  unsafe sampler.pointee.kernelThread = kernel(Int32(SYS_gettid))
  if takeOwnDescriptorTable() {
    let files = SelfFiles()
    unsafe sampleUntilStopped(sampler, through: files)
  } else {
    unsafe sampleUntilStopped(sampler, through: programFiles)
  }
  return nil
}

private func sampleUntilStopped(
  _ sampler: UnsafeMutablePointer<Sampler>, through files: borrowing SelfFiles
) {
  let start = nanoseconds(of: CLOCK_MONOTONIC)
  let interval = unsafe sampler.pointee.interval
  let limit = unsafe sampler.pointee.limit
  var due = 0
  while unsafe !sampler.pointee.stop.isRaised {
    let elapsed = nanoseconds(of: CLOCK_MONOTONIC) &- start
    if elapsed >= due {
      let there = unsafe sampler.pointee.series.read(through: files)
      unsafe sampler.pointee.ended = elapsed >= limit || !there
      unsafe sampler.pointee.ready.raise()
      // The pace is kept on a grid; a reading that takes longer than the interval is not made up
      // for.
      let now = nanoseconds(of: CLOCK_MONOTONIC) &- start
      due = due &+ interval > now ? due &+ interval : now &+ interval
      due = min(due, max(limit, now))
    }
    if unsafe sampler.pointee.ended {
      unsafe sampler.pointee.stop.wait()
      due = Int.max
    } else {
      unsafe sampler.pointee.stop.wait(until: start &+ due)
    }
  }
}
