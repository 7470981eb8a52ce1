// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The C interface to the memory of processes. Where a number of bytes is answered, a negative
// number is minus an error number or, for this process, -1 for unknown.

import CAgent

/// Bytes of this process.
///
/// Metrics: 0 resident, 1 proportional, 2 unique.
@c(peakline_usage_self)
public func usageOfSelf(_ metric: Int32) -> Int64 {
  guard let metric = MemoryMetric(rawValue: metric) else { return -1 }
  return Int64(ownMemory(metric, through: programFiles))
}

/// Bytes of a process: `-ESRCH` when it has ended, `-EACCES` when it may not be read.
@c(peakline_usage_of)
public func usage(of process: Int32, _ metric: Int32) -> Int64 {
  guard let metric = MemoryMetric(rawValue: metric) else { return -1 }
  return Int64(memory(of: Int(process), metric))
}

/// Writes pairs of (process, bytes) for the descendants of a process and answers how many there
/// are; when that is more than `capacity`, only so many were written.
///
/// With `scanning` the kernel's lists of children are not used.
@c(peakline_usage_descendants)
public func usageOfDescendants(
  _ process: Int32, _ metric: Int32, _ pairs: UnsafeMutablePointer<Int64>?, _ capacity: Int32,
  _ scanning: Int32
) -> Int32 {
  guard let metric = MemoryMetric(rawValue: metric) else { return 0 }
  let list = family(of: Int(process), scanning: scanning != 0)
  var found: Int32 = 0
  var next = 1
  while next < list.count {
    let bytes = memory(of: list[next], metric)
    if bytes >= 0 {
      if let pairs = unsafe pairs, found < capacity {
        unsafe pairs[Int(found) &* 2] = Int64(list[next])
        unsafe pairs[Int(found) &* 2 &+ 1] = Int64(bytes)
      }
      found = found &+ 1
    }
    next = next &+ 1
  }
  return found
}

/// Opens a stretch of the high-water mark.
///
/// Answers its slot, or -1 where the kernel does not allow it.
@c(peakline_peak_begin)
public func peakBegin() -> Int32 {
  beginHighWater()
}

/// Closes a stretch and answers the most bytes resident in it; -1 for a slot that is not open.
@c(peakline_peak_end)
public func peakEnd(_ slot: Int32) -> Int64 {
  Int64(endHighWater(slot))
}

/// Starts sampling a process (0: this one) and puts the handle into `handle`.
///
/// Children: 0 ignored, 1 added, 2 in rows of their own. `interval` and `limit` are nanoseconds; a
/// limit of 0 is none. Answers 0, or -1 when no thread is to be had.
@c(peakline_sampler_start)
public func samplerStart(
  _ handle: UnsafeMutablePointer<Int64>?, _ process: Int32, _ metric: Int32, _ children: Int32,
  _ interval: Int64, _ limit: Int64
) -> Int32 {
  guard let handle = unsafe handle, let metric = MemoryMetric(rawValue: metric),
    let children = Children(rawValue: children)
  else { return -1 }
  let series = Series(process: Int(process), metric: metric, children: children)
  let sampler = unsafe startSampler(
    series, interval: Int(interval), limit: limit > 0 ? Int(limit) : Int.max)
  unsafe handle.pointee = Int64(Int(bitPattern: sampler))
  return unsafe sampler == nil ? -1 : 0
}

/// Ends the sampling and answers how many samples there are.
///
/// Waits for the thread: call it without the GIL.
@c(peakline_sampler_stop)
public func samplerStop(_ handle: Int64) -> Int64 {
  guard let sampler = unsafe UnsafeMutablePointer<Sampler>(bitPattern: Int(handle)) else {
    return 0
  }
  return unsafe Int64(stopSampler(sampler))
}

/// Copies the samples of a stopped sampler, 24 bytes each (process, bytes, seconds as a double),
/// and frees it.
@c(peakline_sampler_take)
public func samplerTake(
  _ handle: Int64, _ samples: UnsafeMutableRawPointer?, _ capacity: Int64
) {
  guard let sampler = unsafe UnsafeMutablePointer<Sampler>(bitPattern: Int(handle)) else { return }
  unsafe discardSampler(
    sampler, into: samples?.assumingMemoryBound(to: Sample.self), capacity: Int(capacity))
}
