// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Putting the hooks for Python's small objects in (`SmallObjectHooks.swift`), and proving first that they
// can read the sizes of its blocks.

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

  var isOurs: Bool { mallocAddress == address(of: objectMalloc as Malloc) }

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
let arenaSize = 1 << 20

/// CPython's PyObjectArenaAllocator.
struct ArenaAllocator: BitwiseCopyable {
  typealias Alloc = @convention(c) (Address, Int) -> Address
  typealias Free = @convention(c) (Address, Address, Int) -> Void

  var context: Address = 0
  var alloc: Alloc?
  var free: Free?
}

/// The largest block that comes from a pool, in bytes.
let largestSmallObject = 512

/// A debugging allocator adds so much to a block, at most, some of it before what its owner knows.
let debugExtra = 32

/// The interpreter's hooks for its allocators, and what was there before ours.
struct SmallObjects {
  typealias GetDomain = @convention(c) (Int32, Address) -> Void
  typealias GetArenas = @convention(c) (Address) -> Void

  private var memory = DomainAllocator()
  private var object = DomainAllocator()
  private var arenas = ArenaAllocator()
  private var getDomain: GetDomain?
  private var setDomain: GetDomain?
  private var getArenas: GetArenas?
  private var allocate: RealAllocator.Malloc?
  private var release: RealAllocator.Free?
  private var allocateMemory: RealAllocator.Malloc?
  private var releaseMemory: RealAllocator.Free?
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
  var roundsSizes = false

  /// Whether a request is for a block of a pool: more bytes are malloc's, and so are none, but for a
  /// debugging allocator's.
  @inline(__always)
  static func isSmall(_ size: Int) -> Bool {
    UInt(bitPattern: size &- 1) < UInt(largestSmallObject)
  }

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
    allocateMemory = symbol("PyMem_Malloc", in: library, as: RealAllocator.Malloc.self)
    releaseMemory = symbol("PyMem_Free", in: library, as: RealAllocator.Free.self)
    return getDomain != nil && setDomain != nil && getArenas != nil && setArenas != nil
  }

  /// Puts the hooks in again where they are no more: a tool that was there before them may have taken
  /// itself out, and them with it.
  ///
  /// Each domain by itself: where they still are, perhaps behind another tool's, a second time would
  /// make them call themselves.
  mutating func restore() {
    guard isInstalled, let allocate, let release, let allocateMemory, let releaseMemory,
      let getDomain, let setDomain
    else { return }
    let memoryIsLost = !isCounted(allocateMemory, releaseMemory)
    let objectIsLost = !isCounted(allocate, release)
    if !memoryIsLost && !objectIsLost { return }
    timesLost = timesLost &+ 1
    // The sizes of blocks say themselves what another allocator does with them.
    roundsSizes = false
    if memoryIsLost {
      _ = SmallObjects.hook(SmallObjects.memoryDomain, keeping: &memory, getDomain, setDomain)
    }
    if objectIsLost {
      _ = SmallObjects.hook(SmallObjects.objectDomain, keeping: &object, getDomain, setDomain)
    }
  }

  /// Whether an object that is allocated now is counted.
  private func isCounted(
    _ allocate: RealAllocator.Malloc, _ release: RealAllocator.Free
  ) -> Bool {
    guard let ledger = currentLedger() else { return true }
    let before = ledger[].pythonAllocations &+ ledger[].allocations
    let block = allocate(1)
    let isCounted = ledger[].pythonAllocations &+ ledger[].allocations != before
    release(block)
    return isCounted
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
    while size <= largestSmallObject {
      let before = ledger[].allocations
      let block = domain.malloc(domain.context, size)
      if block == 0 { return false }
      let isMallocs = !isInPool(block) && ledger[].allocations != before
      // A debugging allocator adds its own to each block, and hands the largest to malloc.
      let holds = isMallocs || blockSize(inPoolOf: block) &- size <= debugExtra
      let told = isMallocs ? size : blockSize(inPoolOf: block)
      if told != size || isMallocs { roundsSizes = false }
      domain.free(domain.context, block)
      if !holds || told < size || (isMallocs && size <= largestSmallObject &- debugExtra) {
        return false
      }
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
    if isInstalled { return true }
    guard let getDomain, let setDomain else { return false }
    let memoryIsHooked = SmallObjects.hook(
      SmallObjects.memoryDomain, keeping: &memory, getDomain, setDomain)
    let objectIsHooked = SmallObjects.hook(
      SmallObjects.objectDomain, keeping: &object, getDomain, setDomain)
    isInstalled = memoryIsHooked && objectIsHooked
    return isInstalled
  }

  /// Puts the hooks before a domain's allocator, which is kept where the hooks find it; a domain that
  /// has them is left alone.
  private static func hook(
    _ domain: Int32, keeping original: inout DomainAllocator, _ getDomain: GetDomain,
    _ setDomain: GetDomain
  ) -> Bool {
    var present = DomainAllocator()
    unsafe withUnsafeMutablePointer(to: &present) { getDomain(domain, Int(bitPattern: $0)) }
    guard present.isThere else { return false }
    if present.isOurs { return true }
    original = present
    var ours = DomainAllocator(
      context: unsafe withUnsafeMutablePointer(to: &original) { Int(bitPattern: $0) },
      malloc: objectMalloc, calloc: objectCalloc, realloc: objectRealloc, free: objectFree)
    unsafe withUnsafeMutablePointer(to: &ours) { setDomain(domain, Int(bitPattern: $0)) }
    return true
  }
}

/// The hooks of the process: never moved, since the interpreter holds addresses in it.
@safe nonisolated(unsafe) var smallObjects = SmallObjects()
