// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Counting Python's small objects: hooks in the interpreter's own places for them (PyMem_SetAllocator,
// PyObject_SetArenaAllocator), before the allocator that was there. A block's size is read from its
// pool, so nothing is added to a block and the program's memory keeps its shape. What the small-object
// allocator hands on to malloc is counted there, and not here.
//
// Which of the two it was is known from the map of pools. Pools that are older than the hooks are not on
// it at first: then it is seen from what malloc was asked meanwhile.

import CAgent

// The context that the interpreter hands over is where the allocator before ours is kept: its functions
// are there as long as the hooks are.

/// The `malloc` of a domain.
@c(peakline_object_malloc)
public func objectMalloc(_ context: Address, _ size: Int) -> Address {
  let real = Ref<DomainAllocator>(known: context)
  guard isSmall(size) else {
    return size == 0 ? slowObjectMalloc(real, 0) : real[].malloc(real[].context, size)
  }
  guard smallObjects.roundsSizes, let ledger = fastLedger() else {
    return slowObjectMalloc(real, size)
  }
  // The block's size is known before it is there. So it is counted first, and the real allocator is
  // jumped to: it returns to the program, not here. What it cannot serve, it serves from malloc only
  // when no arena is to be had (see arenaAlloc).
  if ledger[].tookObject(rounded(size), requested: size) { return mallocAtPeak(real, size, ledger) }
  return real[].malloc(real[].context, size)
}

// Where the peak has to be raised or the block is to be recorded, a hook goes on in a function like these:
// it has nothing to keep over a call then.

@inline(never)
private func mallocAtPeak(
  _ real: Ref<DomainAllocator>, _ size: Int, _ ledger: Ref<ThreadLedger>
) -> Address {
  let isDue = ledger[].isRecordDue
  ledger[].raisePeak()
  let before = ledger[].allocations
  let block = real[].malloc(real[].context, size)
  return met(block, size, before, isDue, ledger)
}

/// Looks at an object that was counted before it was there, and records it if it is due.
@inline(never)
private func met(
  _ block: Address, _ size: Int, _ blocksBefore: Int, _ isDue: Bool, _ ledger: Ref<ThreadLedger>
) -> Address {
  let isUnknown = !isInPool(block)
  if isUnknown && (block == 0 || ledger[].allocations != blocksBefore) {
    // There is no memory for an arena: it is malloc's, which has counted and recorded it, or nobody's.
    ledger[].correctObjects(-1, of: rounded(size), requested: size)
    return block
  }
  // A pool older than the hooks: what is recorded in it has to be found when it is freed.
  if isUnknown { markPool(of: block, known: true) }
  if isDue {
    recordTaken(block, rounded(size), ledger)
    ledger[].raisePeak()
  }
  return block
}

@inline(never)
private func slowObjectMalloc(_ real: Ref<DomainAllocator>, _ size: Int) -> Address {
  guard size <= largestSmallObject, let ledger = currentLedger() else {
    return real[].malloc(real[].context, size)
  }
  let before = ledger[].allocations
  return took(real[].malloc(real[].context, size), size, before, ledger)
}

/// The `calloc` of a domain.
@c(peakline_object_calloc)
public func objectCalloc(_ context: Address, _ count: Int, _ size: Int) -> Address {
  let real = Ref<DomainAllocator>(known: context)
  // Two factors below 2^32 have a product that fits.
  let bytes = count &* size
  guard isSmall(bytes), (count | size) &>> 32 == 0, let ledger = fastLedger(),
    smallObjects.roundsSizes
  else { return slowObjectCalloc(real, count, size) }
  if ledger[].tookObject(rounded(bytes), requested: bytes) {
    return callocAtPeak(real, count, size, ledger)
  }
  return real[].calloc(real[].context, count, size)
}

@inline(never)
private func callocAtPeak(
  _ real: Ref<DomainAllocator>, _ count: Int, _ size: Int, _ ledger: Ref<ThreadLedger>
) -> Address {
  let isDue = ledger[].isRecordDue
  ledger[].raisePeak()
  let before = ledger[].allocations
  let block = real[].calloc(real[].context, count, size)
  return met(block, count &* size, before, isDue, ledger)
}

@inline(never)
private func slowObjectCalloc(
  _ real: Ref<DomainAllocator>, _ count: Int, _ size: Int
) -> Address {
  guard let ledger = currentLedger() else { return real[].calloc(real[].context, count, size) }
  let before = ledger[].allocations
  return took(real[].calloc(real[].context, count, size), count &* size, before, ledger)
}

@inline(__always)
private func isSmall(_ size: Int) -> Bool { SmallObjects.isSmall(size) }

@inline(__always)
private func rounded(_ size: Int) -> Int { SmallObjects.rounded(size) }

/// The `free` of a domain.
@c(peakline_object_free)
public func objectFree(_ context: Address, _ block: Address) {
  let real = Ref<DomainAllocator>(known: context)
  let region = region(of: block)
  if region == Region.pool, let ledger = fastLedger() {
    ledger[].gaveObject(blockSize(inPoolOf: block))
  } else if region != 0 || smallObjects.mayHoldOlderPool(block) {
    return slowObjectFree(real, block, region)
  }
  real[].free(real[].context, block)
}

@inline(never)
private func slowObjectFree(
  _ real: Ref<DomainAllocator>, _ block: Address, _ region: UInt8
) {
  guard block != 0, let ledger = currentLedger() else {
    return real[].free(real[].context, block)
  }
  if region & Region.code != 0 && isRecording() { forgetCode(at: block) }
  if region & Region.pool != 0 {
    let bytes = blockSize(inPoolOf: block)
    if mayBeRecorded(block) { recordGiven(block, bytes, ledger) }
    ledger[].gaveObject(bytes)
    return real[].free(real[].context, block)
  }
  ledger[].beingFreed = block
  real[].free(real[].context, block)
  gaveFromUnknownPool(block, ledger)
}

/// The `realloc` of a domain.
@c(peakline_object_realloc)
public func objectRealloc(_ context: Address, _ block: Address, _ size: Int) -> Address {
  let real = Ref<DomainAllocator>(known: context)
  if block == 0 {
    if size > largestSmallObject { return real[].realloc(real[].context, 0, size) }
    if size > 0, let ledger = fastLedger(), smallObjects.roundsSizes {
      if ledger[].tookObject(rounded(size), requested: size) {
        return reallocAtPeak(real, size, ledger)
      }
      return real[].realloc(real[].context, 0, size)
    }
  }
  return slowObjectRealloc(real, block, size)
}

/// A realloc of no block.
@inline(never)
private func reallocAtPeak(
  _ real: Ref<DomainAllocator>, _ size: Int, _ ledger: Ref<ThreadLedger>
) -> Address {
  let isDue = ledger[].isRecordDue
  ledger[].raisePeak()
  let before = ledger[].allocations
  let block = real[].realloc(real[].context, 0, size)
  return met(block, size, before, isDue, ledger)
}

@inline(never)
private func slowObjectRealloc(
  _ real: Ref<DomainAllocator>, _ block: Address, _ size: Int
) -> Address {
  guard let ledger = currentLedger() else { return real[].realloc(real[].context, block, size) }
  let before = ledger[].allocations
  if block == 0 { return took(real[].realloc(real[].context, 0, size), size, before, ledger) }
  let wasInPool = isInPool(block)
  let former = wasInPool ? blockSize(inPoolOf: block) : 0
  // What is malloc's is recorded there.
  let known = wasInPool && mayBeRecorded(block) ? recordMoving(block, former, ledger) : nil
  ledger[].beingFreed = wasInPool ? 0 : block
  // As everywhere, a realloc frees first: what malloc is about to give must not come on top.
  let leavesPool = wasInPool && size > largestSmallObject
  if leavesPool { ledger[].gaveObject(former) }
  let fresh = real[].realloc(real[].context, block, size)
  if leavesPool {
    if fresh == 0 || fresh == block {
      ledger[].gaveObject(0 &- former)
      recordKept(known, ledger)
    }
    return fresh
  }
  // It went down to malloc, which has counted it.
  if !wasInPool && ledger[].beingFreed == 0 { return fresh }
  if fresh == 0 || fresh == block {
    // A block that stays keeps its size.
    recordKept(known, ledger)
    if fresh != 0 && !wasInPool { markPool(of: block, known: true) }
    ledger[].beingFreed = 0
    return fresh
  }
  if wasInPool {
    ledger[].gaveObject(former)
  } else {
    gaveFromUnknownPool(block, ledger)
  }
  return took(fresh, size, before, ledger)
}

// MARK: - Counting

@inline(__always)
private func fastLedger() -> Ref<ThreadLedger>? { Ref(address: peakline_ledger_get()) }

@inline(__always)
private func took(
  _ block: Address, _ size: Int, _ blocksBefore: Int, _ ledger: Ref<ThreadLedger>
) -> Address {
  if isInPool(block) { return tookFromPool(block, size, ledger) }
  return tookFromUnknownPool(block, size, blocksBefore, ledger)
}

@inline(never)
private func tookFromUnknownPool(
  _ block: Address, _ size: Int, _ blocksBefore: Int, _ ledger: Ref<ThreadLedger>
) -> Address {
  // An older pool: a new arena would have been marked, and malloc would have counted the block.
  if block != 0 && ledger[].allocations == blocksBefore {
    markPool(of: block, known: true)
    return tookFromPool(block, size, ledger)
  }
  return block
}

@inline(__always)
private func tookFromPool(
  _ block: Address, _ size: Int, _ ledger: Ref<ThreadLedger>
) -> Address {
  let bytes = blockSize(inPoolOf: block)
  if ledger[].tookObject(bytes, requested: size) {
    if ledger[].isRecordDue { recordTaken(block, bytes, ledger) }
    ledger[].raisePeak()
  }
  return block
}

/// Counts a block that was just freed, unless somebody else has: malloc whose it was, or the hook of the
/// arena that went with it.
///
/// The size of a block is still told by its pool when it has been freed.
@inline(never)
private func gaveFromUnknownPool(_ block: Address, _ ledger: Ref<ThreadLedger>) {
  if ledger[].beingFreed != block { return }
  ledger[].beingFreed = 0
  markPool(of: block, known: true)
  ledger[].gaveObject(blockSize(inPoolOf: block))
}

// MARK: - Arenas

func arenaAlloc(_ context: Address, _ size: Int) -> Address {
  guard let real = Ref<ArenaAllocator>(address: context), let alloc = real[].alloc else { return 0 }
  let ledger = currentLedger()
  ledger?[].quiet &+= 1
  let start = alloc(real[].context, size)
  ledger?[].quiet &-= 1
  if size != arenaSize {
    if start != 0 { countMapping(at: start, size) }
  } else if start != 0 {
    markPools(from: start, bytes: size, known: true)
  } else if smallObjects.roundsSizes {
    // Out of memory: the block that was counted already comes from malloc, if at all. From now on it is
    // seen where each comes from.
    smallObjects.roundsSizes = false
    loseEvent()
  }
  return start
}

func arenaFree(_ context: Address, _ start: Address, _ size: Int) {
  guard let real = Ref<ArenaAllocator>(address: context), let free = real[].free else { return }
  let ledger = currentLedger()
  if size != arenaSize {
    uncountMapping(at: start, size)
  } else if let ledger, ledger[].beingFreed >= start, ledger[].beingFreed < start &+ size {
    ledger[].gaveObject(blockSize(inPoolOf: ledger[].beingFreed))
    ledger[].beingFreed = 0
  }
  if size == arenaSize { markPools(from: start, bytes: size, known: false) }
  ledger?[].quiet &+= 1
  free(real[].context, start, size)
  ledger?[].quiet &-= 1
}
