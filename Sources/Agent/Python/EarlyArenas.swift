// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Duty: arenas that a recorded interpreter maps before its small objects can be counted.
//
// A preloaded agent sees them as mappings like any other. They are put aside, uncounted, until the
// interpreter is met; then it can be seen in the headers of their pools what lies in them, and that is
// counted, once. What turns out to be no arena is counted as the mapping that it is.

import CAgent

/// Mappings of an arena's size that were made by the interpreter's own code.
struct EarlyArenas {
  private static let most = 16
  private var starts: InlineArray<16, Int> = InlineArray(repeating: 0)
  private var count = 0

  /// Puts a mapping aside that was just made, if it may be an arena; false if it is to be counted.
  ///
  /// As all that follows, with the table of mappings held.
  mutating func putAside(_ start: Address, _ bytes: Int, by caller: Address) -> Bool {
    guard bytes == arenaSize, count < EarlyArenas.most, interpreter.contains(caller) else {
      return false
    }
    unsafe starts[unchecked: count] = start
    count = count &+ 1
    return true
  }

  /// Takes one out that lies in a range, at least partly; 0 when there is none (left).
  mutating func take(from start: Address, _ bytes: Int) -> Address {
    var index = 0
    while index < count {
      let arena = unsafe starts[unchecked: index]
      if arena < start &+ bytes && start < arena &+ arenaSize {
        count = count &- 1
        unsafe starts[unchecked: index] = starts[unchecked: count]
        return arena
      }
      index = index &+ 1
    }
    return 0
  }
}

/// The ones of the process.
@safe nonisolated(unsafe) var earlyArenas = EarlyArenas()

/// Counts what was put aside in a range as the mappings that it is: nobody changes an arena, so it is none.
///
/// Called before a change is counted, also one that has been made already.
func countEarlyMappings(from start: Address, _ bytes: Int) {
  if !interpreter.isAwaited { return }
  while true {
    let mapping = withMappings { _ in earlyArenas.take(from: start, bytes) } ?? 0
    if mapping == 0 { return }
    countMapping(at: mapping, arenaSize)
  }
}

/// Counts what lies in the arenas that were put aside, in bytes; called when small objects have just begun
/// to be counted, or cannot be.
func countEarlyArenas(_ ledger: Ref<ThreadLedger>) -> Int {
  var bytes = 0
  while true {
    let arena = withMappings { _ in earlyArenas.take(from: 0, .max) } ?? 0
    if arena == 0 { return bytes }
    if smallObjects.isInstalled && isWritable(arena, arenaSize) && isArena(arena) {
      markPools(from: arena, bytes: arenaSize, known: true)
      forEachPool(of: arena) { pool in
        let size = blockSize(inPoolOf: pool.address)
        ledger[].correctObjects(pool[].count, of: size, requested: size)
        bytes = bytes &+ pool[].count &* size
      }
    } else {
      countMapping(at: arena, arenaSize)
    }
  }
}

/// How a pool begins (CPython 3.10 to 3.13): `struct pool_header`.
private struct PoolHeader: BitwiseCopyable {
  static let size = 48

  /// The union of 8 bytes is written as 4.
  private var blocks: UInt32 = 0
  private var padding: UInt32 = 0
  private var free = 0
  private var next = 0
  private var previous = 0
  private(set) var arena: UInt32 = 0
  private var sizeClass: UInt32 = 0

  var count: Int { Int(blocks) }

  /// Whether it is plausible, where blocks are in use.
  var isSound: Bool {
    sizeClass < 32
      && count &* (Int(sizeClass) &+ 1) &* 16 <= 1 &<< poolShift &- PoolHeader.size
  }
}

/// Whether the kernel says that private memory lies there which may be written: the program may have
/// changed a mapping behind libc's back.
private func isWritable(_ start: Address, _ bytes: Int) -> Bool {
  let file = peakline_open_maps()
  guard file >= 0 else { return false }
  var isThere = false
  _ = unsafe forEachLine(of: Int(file)) { line, count in
    if let mapping = unsafe anonymousMapping(line, count), mapping.start <= start,
      start &+ bytes <= mapping.end
    {
      isThere = true
    }
    return !isThere
  }
  closeFile(Int(file))
  return isThere
}

/// Whether pools lie there and nothing else: of those in use, each says what a pool would, and all name the
/// same arena.
private func isArena(_ start: Address) -> Bool {
  var first: UInt32?
  var isOne = true
  forEachPool(of: start) { pool in
    if !pool[].isSound || pool[].arena != (first ?? pool[].arena) { isOne = false }
    first = pool[].arena
  }
  return isOne && first != nil
}

/// Calls `body` for each pool of an arena in which blocks are in use.
private func forEachPool(of arena: Address, _ body: (Ref<PoolHeader>) -> Void) {
  let size = 1 &<< poolShift
  var pool = (arena &+ size &- 1) & ~(size &- 1)
  while pool &+ size <= arena &+ arenaSize {
    let header = Ref<PoolHeader>(known: pool)
    if header[].count != 0 { body(header) }
    pool = pool &+ size
  }
}
