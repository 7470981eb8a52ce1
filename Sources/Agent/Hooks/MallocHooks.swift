// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What the program's malloc and its kin are led to: each calls the real function and counts what it did
// on the calling thread's ledger. A free is counted before, an allocation after the real call, so that
// the size is read while the block is the caller's.
//
// This is the hottest code there is. No lock, no atomic instruction, no system call. A thread that has a
// ledger has found the real functions before, so one test decides between the fast way and the slow
// one (a thread's first call, a preloaded agent's very first), which is a function of its own.

import CAgent

/// This thread's ledger once everything is in place, or nil where nothing can be counted; then the real
/// functions may not even be known.
@inline(never)
private func slowLedger() -> Ref<ThreadLedger>? {
  findRealAllocator() ? currentLedger() : nil
}

@inline(__always)
private func fastLedger() -> Ref<ThreadLedger>? { Ref(address: peakline_ledger_get()) }

@inline(__always)
private func took(_ block: Address, _ requested: Int, _ ledger: Ref<ThreadLedger>) -> Address {
  if block == 0 { return 0 }
  let bytes = realAllocator.usableSize(block)
  return ledger[].tookBlock(bytes, requested: requested) ? atMark(block, bytes, ledger) : block
}

/// Goes on where a count says that the peak has to be raised, or that the block is to be recorded.
@inline(never)
private func atMark(_ block: Address, _ bytes: Int, _ ledger: Ref<ThreadLedger>) -> Address {
  if ledger[].isRecordDue { recordTaken(block, bytes, ledger) }
  ledger[].raisePeak()
  return block
}

/// The ledger for a call of a function that may be missing in this libc; nil: it is, or nothing can be
/// counted.
@inline(__always)
private func ledger(for function: RealAllocator.Function) -> Ref<ThreadLedger>? {
  guard let ledger = fastLedger() ?? slowLedger(), realAllocator[function] != 0 else { return nil }
  return ledger
}

// MARK: - The two that matter most

/// Stands before malloc(3).
@c(peakline_malloc)
public func hookedMalloc(_ size: Int) -> Address {
  guard let ledger = fastLedger(), realAllocator.hasChunks else { return slowMalloc(size) }
  let block = realAllocator.malloc(size)
  if block == 0 { return 0 }
  let bytes = RealAllocator.chunkSize(block)
  return ledger[].tookBlock(bytes, requested: size) ? mallocAtMark(block, bytes, ledger) : block
}

/// An interpreter that is just coming up is met here: in no other function is it certain that its own
/// allocator is not in the middle of something.
@inline(never)
private func mallocAtMark(
  _ block: Address, _ bytes: Int, _ ledger: Ref<ThreadLedger>
) -> Address {
  if interpreter.isAwaited { meetInterpreter() }
  return atMark(block, bytes, ledger)
}

@inline(never)
private func slowMalloc(_ size: Int) -> Address {
  guard let ledger = ledger(for: .malloc) else { return uncounted(.malloc) { $0.malloc(size) } }
  return took(realAllocator.malloc(size), size, ledger)
}

/// Stands before free(3).
@c(peakline_free)
public func hookedFree(_ block: Address) {
  guard let ledger = fastLedger(), realAllocator.hasChunks else { return slowFree(block) }
  if block != 0 {
    let bytes = RealAllocator.chunkSize(block)
    if mayBeRecorded(block) { recordGiven(block, bytes, ledger) }
    ledger[].gaveBlock(block, bytes)
  }
  realAllocator.free(block)
}

@inline(never)
private func slowFree(_ block: Address) {
  if block == 0 { return }
  if let ledger = ledger(for: .free) {
    let bytes = realAllocator.usableSize(block)
    if mayBeRecorded(block) { recordGiven(block, bytes, ledger) }
    ledger[].gaveBlock(block, bytes)
  }
  if realAllocator[.free] != 0 { realAllocator.free(block) }
}

/// A call that cannot be counted for want of memory is made all the same.
@inline(__always)
private func uncounted(
  _ function: RealAllocator.Function, _ call: (borrowing RealAllocator) -> Address
) -> Address {
  realAllocator[function] != 0 ? call(realAllocator) : 0
}

// MARK: - The others

/// Stands before calloc(3).
@c(peakline_calloc)
public func hookedCalloc(_ count: Int, _ size: Int) -> Address {
  guard let ledger = ledger(for: .calloc) else {
    return uncounted(.calloc) { $0.calloc(count, size) }
  }
  return took(realAllocator.calloc(count, size), count &* size, ledger)
}

/// Stands before realloc(3).
@c(peakline_realloc)
public func hookedRealloc(_ block: Address, _ size: Int) -> Address {
  guard let ledger = ledger(for: .realloc) else {
    return uncounted(.realloc) { $0.realloc(block, size) }
  }
  let former = block == 0 ? 0 : realAllocator.usableSize(block)
  if mayBeRecorded(block) { return recordedRealloc(block, former, size, ledger) }
  return moved(block, former, realAllocator.realloc(block, size), size, ledger)
}

@inline(never)
private func recordedRealloc(
  _ block: Address, _ former: Int, _ size: Int, _ ledger: Ref<ThreadLedger>
) -> Address {
  // Before the call: as soon as it is done, another thread may be given the place.
  let known = recordMoving(block, former, ledger)
  let fresh = realAllocator.realloc(block, size)
  if fresh == 0 && size != 0 { recordKept(known, ledger) }
  return moved(block, former, fresh, size, ledger)
}

/// Stands before reallocarray(3).
///
/// The real one is called for the error of a product that does not fit, and otherwise is a realloc, which
/// in glibc goes through the hook.
@c(peakline_reallocarray)
public func hookedReallocarray(_ block: Address, _ count: Int, _ size: Int) -> Address {
  let (bytes, overflow) = UInt(bitPattern: count).multipliedReportingOverflow(
    by: UInt(bitPattern: size))
  if !overflow { return hookedRealloc(block, Int(bitPattern: bytes)) }
  _ = slowLedger()
  return uncounted(.reallocarray) { $0.reallocarray(block, count, size) }
}

/// Counts a realloc: the former block is freed and a fresh one allocated, wherever it lies.
///
/// A failed one leaves the former block as it is, but size 0 means free.
@inline(__always)
private func moved(
  _ block: Address, _ former: Int, _ fresh: Address, _ size: Int, _ ledger: Ref<ThreadLedger>
) -> Address {
  if block != 0 && (fresh != 0 || size == 0) {
    ledger[].gaveBlock(block, former)
  }
  return took(fresh, size, ledger)
}

/// Stands before posix_memalign(3).
@c(peakline_posix_memalign)
public func hookedPosixMemalign(_ place: Address, _ alignment: Int, _ size: Int) -> Int32 {
  let ledger = ledger(for: .posixMemalign)
  if realAllocator[.posixMemalign] == 0 { return ENOMEM }
  let failed = realAllocator.posixMemalign(place, alignment, size)
  if failed == 0, let ledger { _ = took(load(place), size, ledger) }
  return failed
}

/// Stands before aligned_alloc(3).
@c(peakline_aligned_alloc)
public func hookedAlignedAlloc(_ alignment: Int, _ size: Int) -> Address {
  guard let ledger = ledger(for: .alignedAlloc) else {
    return uncounted(.alignedAlloc) { $0.alignedAlloc(alignment, size) }
  }
  return took(realAllocator.alignedAlloc(alignment, size), size, ledger)
}

/// Stands before memalign(3).
@c(peakline_memalign)
public func hookedMemalign(_ alignment: Int, _ size: Int) -> Address {
  guard let ledger = ledger(for: .memalign) else {
    return uncounted(.memalign) { $0.memalign(alignment, size) }
  }
  return took(realAllocator.memalign(alignment, size), size, ledger)
}

/// Stands before valloc(3).
@c(peakline_valloc)
public func hookedValloc(_ size: Int) -> Address {
  guard let ledger = ledger(for: .valloc) else { return uncounted(.valloc) { $0.valloc(size) } }
  return took(realAllocator.valloc(size), size, ledger)
}

/// Stands before pvalloc(3).
@c(peakline_pvalloc)
public func hookedPvalloc(_ size: Int) -> Address {
  guard let ledger = ledger(for: .pvalloc) else { return uncounted(.pvalloc) { $0.pvalloc(size) } }
  return took(realAllocator.pvalloc(size), size, ledger)
}
