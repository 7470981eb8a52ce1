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

/// CPython's PyMemAllocatorEx: a context, and four functions.
struct DomainAllocator: BitwiseCopyable {
  typealias Malloc = @convention(c) (Address, Int) -> Address
  typealias Calloc = @convention(c) (Address, Int, Int) -> Address
  typealias Realloc = @convention(c) (Address, Address, Int) -> Address
  typealias Free = @convention(c) (Address, Address) -> Void

  var context: Address = 0
  private var mallocAddress: Address = 0
  private var callocAddress: Address = 0
  private var reallocAddress: Address = 0
  private var freeAddress: Address = 0

  init() {}

  init(
    context: Address, malloc: Malloc, calloc: Calloc, realloc: Realloc, free: Free
  ) {
    self.context = context
    mallocAddress = address(of: malloc)
    callocAddress = address(of: calloc)
    reallocAddress = address(of: realloc)
    freeAddress = address(of: free)
  }

  var isThere: Bool {
    mallocAddress != 0 && callocAddress != 0 && reallocAddress != 0 && freeAddress != 0
  }

  @inline(__always)
  var malloc: Malloc { function(at: mallocAddress) }
  @inline(__always)
  var calloc: Calloc { function(at: callocAddress) }
  @inline(__always)
  var realloc: Realloc { function(at: reallocAddress) }
  @inline(__always)
  var free: Free { function(at: freeAddress) }
}

/// An arena of pools, in bytes (CPython 3.10 and later).
///
/// What else comes from the arena allocator are
/// pieces of the stack of Python frames (3.11 and later), which nobody cuts into blocks.
private let arenaSize = 1 << 20

/// CPython's PyObjectArenaAllocator.
struct ArenaAllocator: BitwiseCopyable {
  typealias Alloc = @convention(c) (Address, Int) -> Address
  typealias Free = @convention(c) (Address, Address, Int) -> Void

  var context: Address = 0
  var alloc: Alloc?
  var free: Free?
}

/// The largest block that comes from a pool, in bytes.
private let largest = 512

/// A debugging allocator adds so much to a block, at most.
private let debugExtra = 32

// MARK: - The hooks

// The context that the interpreter hands over is where the allocator before ours is kept: its functions
// are there as long as the hooks are.

/// The `malloc` of a domain.
@c(peakline_object_malloc)
public func objectMalloc(_ context: Address, _ size: Int) -> Address {
  let real = Ref<DomainAllocator>(known: context)
  if size > largest { return real[].malloc(real[].context, size) }
  guard size > 0, smallObjects.roundsSizes, let ledger = fastLedger() else {
    return slowObjectMalloc(real, size)
  }
  // The block's size is known before it is there. So it is counted first, and the real allocator is
  // jumped to: it returns to the program, not here. What it cannot serve, it serves from malloc only
  // when no arena is to be had (see arenaAlloc).
  ledger[].tookObject(rounded(size), requested: size)
  return real[].malloc(real[].context, size)
}

@inline(never)
private func slowObjectMalloc(_ real: Ref<DomainAllocator>, _ size: Int) -> Address {
  guard size <= largest, let ledger = currentLedger() else {
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
  ledger[].tookObject(rounded(bytes), requested: bytes)
  return real[].calloc(real[].context, count, size)
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
  if isInPool(block), let ledger = fastLedger() {
    ledger[].gaveObject(blockSize(inPoolOf: block))
  } else if smallObjects.mayHoldOlderPool(block) {
    return slowObjectFree(real, block)
  }
  real[].free(real[].context, block)
}

@inline(never)
private func slowObjectFree(_ real: Ref<DomainAllocator>, _ block: Address) {
  guard block != 0, let ledger = currentLedger() else {
    return real[].free(real[].context, block)
  }
  if isInPool(block) { return objectFree(real.address, block) }
  ledger[].beingFreed = block
  real[].free(real[].context, block)
  gaveFromUnknownPool(block, ledger)
}

/// The `realloc` of a domain.
@c(peakline_object_realloc)
public func objectRealloc(_ context: Address, _ block: Address, _ size: Int) -> Address {
  let real = Ref<DomainAllocator>(known: context)
  if block == 0 {
    if size > largest { return real[].realloc(real[].context, 0, size) }
    if size > 0, let ledger = fastLedger(), smallObjects.roundsSizes {
      ledger[].tookObject(rounded(size), requested: size)
      return real[].realloc(real[].context, 0, size)
    }
  }
  return slowObjectRealloc(real, block, size)
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
  ledger[].beingFreed = wasInPool ? 0 : block
  // As everywhere, a realloc frees first: what malloc is about to give must not come on top.
  let leavesPool = wasInPool && size > largest
  if leavesPool { ledger[].gaveObject(former) }
  let fresh = real[].realloc(real[].context, block, size)
  if leavesPool {
    if fresh == 0 || fresh == block { ledger[].gaveObject(0 &- former) }
    return fresh
  }
  // It went down to malloc, which has counted it.
  if !wasInPool && ledger[].beingFreed == 0 { return fresh }
  if fresh == 0 || fresh == block {
    // A block that stays keeps its size.
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
  if isInPool(block) {
    ledger[].tookObject(blockSize(inPoolOf: block), requested: size)
    return block
  }
  return tookFromUnknownPool(block, size, blocksBefore, ledger)
}

@inline(never)
private func tookFromUnknownPool(
  _ block: Address, _ size: Int, _ blocksBefore: Int, _ ledger: Ref<ThreadLedger>
) -> Address {
  // An older pool: a new arena would have been marked, and malloc would have counted the block.
  if block != 0 && ledger[].allocations == blocksBefore {
    markPool(of: block, known: true)
    ledger[].tookObject(blockSize(inPoolOf: block), requested: size)
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
    if start != 0 { countMapping(size) }
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
    countMapping(0 &- size)
  } else if let ledger, ledger[].beingFreed >= start, ledger[].beingFreed < start &+ size {
    ledger[].gaveObject(blockSize(inPoolOf: ledger[].beingFreed))
    ledger[].beingFreed = 0
  }
  if size == arenaSize { markPools(from: start, bytes: size, known: false) }
  ledger?[].quiet &+= 1
  free(real[].context, start, size)
  ledger?[].quiet &-= 1
}

// MARK: - Putting the hooks in

/// The interpreter's hooks for its allocators, and what was there before ours.
struct SmallObjects {
  typealias GetDomain = @convention(c) (Int32, Address) -> Void
  typealias GetArenas = @convention(c) (Address) -> Void

  fileprivate var memory = DomainAllocator()
  fileprivate var object = DomainAllocator()
  fileprivate var arenas = ArenaAllocator()
  private var getDomain: GetDomain?
  private var setDomain: GetDomain?
  private var getArenas: GetArenas?
  private var allocate: RealAllocator.Malloc?
  private var release: RealAllocator.Free?
  private var setArenas: GetArenas?
  private(set) var isInstalled = false
  /// The addresses between which all memory lies that is older than the hooks and not the heap of brk:
  /// pools that are not known can only be there.
  private var oldestPool = Address.max
  private var endOfOlderPools: Address = 0

  @inline(__always)
  func mayHoldOlderPool(_ block: Address) -> Bool {
    block >= oldestPool && block < endOfOlderPools
  }

  /// Takes a mapping into account that is there when the hooks are put in.
  mutating func note(olderFrom start: Address, to end: Address) {
    oldestPool = min(oldestPool, start)
    endOfOlderPools = max(endOfOlderPools, end)
  }

  /// How often the hooks were found gone.
  private(set) var timesLost = 0
  /// A block is what was asked for, rounded up to 16 bytes: no debugging allocator adds to it.
  fileprivate(set) var roundsSizes = false

  /// Whether a request is for a block of a pool: more bytes are malloc's, and so are none, but for a
  /// debugging allocator's.
  @inline(__always)
  static func isSmall(_ size: Int) -> Bool { UInt(bitPattern: size &- 1) < UInt(largest) }

  /// The bytes of the block that a request gets in a pool.
  @inline(__always)
  static func rounded(_ size: Int) -> Int { (size &+ 15) & ~15 }

  /// CPython's numbers of the domains.
  private static let memoryDomain: Int32 = 1
  private static let objectDomain: Int32 = 2

  /// Finds the interpreter's functions; false if one is missing.
  mutating func find(in library: Int) -> Bool {
    getDomain = symbol("PyMem_GetAllocator", in: library, as: GetDomain.self)
    setDomain = symbol("PyMem_SetAllocator", in: library, as: GetDomain.self)
    getArenas = symbol("PyObject_GetArenaAllocator", in: library, as: GetArenas.self)
    setArenas = symbol("PyObject_SetArenaAllocator", in: library, as: GetArenas.self)
    allocate = symbol("PyObject_Malloc", in: library, as: RealAllocator.Malloc.self)
    release = symbol("PyObject_Free", in: library, as: RealAllocator.Free.self)
    return getDomain != nil && setDomain != nil && getArenas != nil && setArenas != nil
  }

  /// Whether an object that is allocated now is counted.
  ///
  /// It is not where a tool that was there before the hooks has taken itself out, and the hooks with it.
  func areInPlace() -> Bool {
    guard let allocate, let release, let ledger = currentLedger() else { return true }
    let before = ledger[].pythonAllocations &+ ledger[].allocations
    let block = allocate(1)
    let isCounted = ledger[].pythonAllocations &+ ledger[].allocations != before
    release(block)
    return isCounted
  }

  /// Puts the hooks in again where they are no more.
  mutating func restore() {
    if !isInstalled || areInPlace() { return }
    isInstalled = false
    timesLost = timesLost &+ 1
    _ = prove() && install()
  }

  /// Whether blocks of each size say their size in their pool, as CPython 3.10 to 3.13 are built.
  ///
  /// Each block is asked for from the allocator that is there; one that goes to malloc instead shows in
  /// the counts.
  mutating func prove() -> Bool {
    guard let getDomain else { return false }
    var domain = DomainAllocator()
    unsafe withUnsafeMutablePointer(to: &domain) {
      getDomain(SmallObjects.objectDomain, Int(bitPattern: $0))
    }
    guard domain.isThere, let ledger = currentLedger() else { return false }
    var size = 16
    roundsSizes = true
    while size <= largest {
      let before = ledger[].allocations
      let block = domain.malloc(domain.context, size)
      if block == 0 { return false }
      let isMallocs = !isInPool(block) && ledger[].allocations != before
      // A debugging allocator adds its own to each block, and hands the largest to malloc.
      let holds = isMallocs || blockSize(inPoolOf: block) &- size <= debugExtra
      let told = isMallocs ? size : blockSize(inPoolOf: block)
      if told != size || isMallocs { roundsSizes = false }
      domain.free(domain.context, block)
      if !holds || told < size || (isMallocs && size <= largest &- debugExtra) { return false }
      size = size &+ 16
    }
    return largeBlocksAreMallocs(domain, ledger)
  }

  /// Whether the allocator hands large blocks on to the malloc that is hooked, as the hooks take for
  /// granted of all that is in no pool.
  private func largeBlocksAreMallocs(
    _ domain: DomainAllocator, _ ledger: Ref<ThreadLedger>
  ) -> Bool {
    let before = (taken: ledger[].allocations, given: ledger[].frees)
    let block = domain.malloc(domain.context, 4096)
    if block == 0 { return false }
    domain.free(domain.context, block)
    return ledger[].allocations != before.taken && ledger[].frees != before.given
  }

  /// Watches arenas come and go, from before the proof on: it may itself bring a new one.
  mutating func watchArenas() -> Bool {
    guard let getArenas, let setArenas else { return false }
    if arenas.alloc != nil { return true }
    unsafe withUnsafeMutablePointer(to: &arenas) { getArenas(Int(bitPattern: $0)) }
    guard arenas.alloc != nil, arenas.free != nil else { return false }
    var hooks = ArenaAllocator(
      context: unsafe withUnsafeMutablePointer(to: &arenas) { Int(bitPattern: $0) },
      alloc: arenaAlloc, free: arenaFree)
    unsafe withUnsafeMutablePointer(to: &hooks) { setArenas(Int(bitPattern: $0)) }
    return true
  }

  /// Puts the hooks in; false without an allocator to put them before.
  mutating func install() -> Bool {
    guard let getDomain, let setDomain else { return false }
    if isInstalled { return true }
    unsafe withUnsafeMutablePointer(to: &memory) {
      getDomain(SmallObjects.memoryDomain, Int(bitPattern: $0))
    }
    unsafe withUnsafeMutablePointer(to: &object) {
      getDomain(SmallObjects.objectDomain, Int(bitPattern: $0))
    }
    guard memory.isThere, object.isThere else { return false }
    var domain = DomainAllocator(
      context: unsafe withUnsafeMutablePointer(to: &memory) { Int(bitPattern: $0) },
      malloc: objectMalloc, calloc: objectCalloc, realloc: objectRealloc, free: objectFree)
    unsafe withUnsafeMutablePointer(to: &domain) {
      setDomain(SmallObjects.memoryDomain, Int(bitPattern: $0))
    }
    domain.context = unsafe withUnsafeMutablePointer(to: &object) { Int(bitPattern: $0) }
    unsafe withUnsafeMutablePointer(to: &domain) {
      setDomain(SmallObjects.objectDomain, Int(bitPattern: $0))
    }
    isInstalled = true
    return true
  }
}

/// The hooks of the process: never moved, since the interpreter holds addresses in it.
@safe nonisolated(unsafe) var smallObjects = SmallObjects()
