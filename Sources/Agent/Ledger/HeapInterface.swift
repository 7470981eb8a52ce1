// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

// The ledger's part of the C interface.

/// What came of starting: bits of the answer of `peakline_heap_start`.
enum HeapStart {
  static let counts: Int32 = 1
  static let countsSmallObjects: Int32 = 2
  static let preloaded: Int32 = 4
  static let seesLaterObjects: Int32 = 8
  static let readsChunks: Int32 = 16
  static let lostSmallObjects: Int32 = 32
  static let hidesObjects: Int32 = 64
  // Why it does not count.
  static let noAllocator: Int32 = 256
  static let sanitizer: Int32 = 512
  static let unknownSizes: Int32 = 1024
}

/// What hinders the ledger here, in the bits of `HeapStart`; 0 if nothing.
///
/// Changes nothing.
@c(peakline_heap_obstacle)
public func heapObstacle() -> Int32 {
  guard findRealAllocator() else { return HeapStart.noAllocator }
  if interposer.hasSanitizer { return HeapStart.sanitizer }
  if realAllocator[.sizeOf] == 0 || !realAllocator.sizeIsAllocators {
    return HeapStart.unknownSizes
  }
  return 0
}

/// Begins to count, for the rest of the process's life; `python` is a handle of the interpreter's
/// library, or 0 for no small objects.
@c(peakline_heap_start)
public func heapStart(_ python: Int, _ smallObjectsWanted: Int32) -> Int32 {
  let obstacle = heapObstacle()
  if obstacle != 0 { return obstacle }
  if !interposer.isInstalled {
    proveChunks()
    startLedgers()
    noteOlderMappings()
    installHooks()
  } else {
    updateHooks()
    smallObjects.restore()
  }
  var answer = HeapStart.counts
  if smallObjectsWanted != 0 && !smallObjects.isInstalled && smallObjects.find(in: python)
    && smallObjects.watchArenas() && smallObjects.prove()
  {
    _ = smallObjects.install()
  }
  if smallObjects.isInstalled { answer |= HeapStart.countsSmallObjects }
  if interposer.isPreloaded { answer |= HeapStart.preloaded }
  if interposer.seesLaterObjects { answer |= HeapStart.seesLaterObjects }
  if realAllocator.hasChunks { answer |= HeapStart.readsChunks }
  if interposer.hidesObjects { answer |= HeapStart.hidesObjects }
  if smallObjects.timesLost > 0 { answer |= HeapStart.lostSmallObjects }
  return answer
}

/// Reads sizes from the blocks themselves, where they are there.
func proveChunks() {
  realAllocator.hasChunks = realAllocator[.sizeOf] != 0 && chunksAreGlibcs()
}

/// Whether blocks say their size as those of glibc do: tried with blocks of many sizes, small ones, ones
/// of the middle, and ones that are mapped.
private func chunksAreGlibcs() -> Bool {
  var size = 1
  while size < 200_000 {
    let block = realAllocator.malloc(size)
    if block == 0 { return false }
    // A block of a size class that glibc does not have is told by this before its header is read: that
    // of another allocator may lie at the start of a mapping.
    let usable = realAllocator.sizeOf(block)
    let isChunk = (usable & 15 == 8 || usable & 4095 == 4080) && block & 15 == 0
    let agrees = isChunk && RealAllocator.chunkSize(block) == usable
    // A block that is a mapping of its own is kept: freeing it would make glibc map only larger ones from
    // now on, and the program's memory would not keep its shape.
    if !agrees || load(block &- 8) & 2 == 0 { realAllocator.free(block) }
    if !agrees { return false }
    size = size &* 3 &+ 5
  }
  return true
}

/// Puts the process's private anonymous mappings into the table as they are now.
func noteOlderMappings() {
  let file = peakline_open_maps()
  guard file >= 0 else { return }
  _ = unsafe forEachLine(of: Int(file)) { line, count in
    if let mapping = unsafe anonymousMapping(line, count) {
      smallObjects.note(olderFrom: mapping.start, to: mapping.end)
      // A preloaded agent has entered them when they were made.
      if !interposer.isPreloaded {
        withMappings { $0.enter(mapping.start, mapping.end, .older, overMapped: false) }
      }
    }
    return true
  }
  closeFile(Int(file))
}

/// The range of a line such as `7f12a000-7f12b000 rw-p 00000000 00:00 0 `, or nil for one of another kind.
func anonymousMapping(
  _ line: UnsafePointer<UInt8>, _ count: Int
) -> (start: Int, end: Int)? {
  var position = 0
  let start = unsafe hexadecimal(line, count, &position)
  position = position &+ 1
  let end = unsafe hexadecimal(line, count, &position)
  let wanted: StaticString = " rw-p 00000000 00:00 0"
  var index = 0
  while index < wanted.utf8CodeUnitCount {
    guard position < count, unsafe line[position] == wanted.utf8Start[index] else { return nil }
    position = position &+ 1
    index = index &+ 1
  }
  while position < count {
    // A name: the stack, the heap of brk.
    if unsafe line[position] != 32 { return nil }
    position = position &+ 1
  }
  return end > start ? (start, end) : nil
}

private func hexadecimal(
  _ line: UnsafePointer<UInt8>, _ count: Int, _ position: inout Int
) -> Int {
  var value = 0
  while position < count {
    let byte = unsafe line[position]
    if byte >= 48 && byte <= 57 {
      value = value &<< 4 | Int(byte &- 48)
    } else if byte >= 97 && byte <= 102 {
      value = value &<< 4 | Int(byte &- 87)
    } else {
      break
    }
    position = position &+ 1
  }
  return value
}

/// What was in use in the process when accounting began, in bytes; the bytes of the object that comes
/// with an event of this interpreter, 0 for none; and the bytes that are asked for it.
@c(peakline_heap_baseline)
public func heapBaseline(_ bytes: Int, _ eventObject: Int, _ eventObjectRequest: Int) {
  // A preloaded agent has counted since the process began: what it counted is part of what is in use.
  engine.readings.heapBaseline = bytes &- liveOfAllThreads()
  engine.eventObjectSize = eventObject
  engine.eventObjectRequest = eventObjectRequest
}

/// Writes sums over all threads since the start: bytes and blocks of malloc (without direct mappings),
/// bytes of Python's small objects, bytes of direct mappings; then bytes that are reserved only, bytes
/// of mapped files, and events lost.
@c(peakline_heap_totals)
public func heapTotals(_ words: UnsafeMutablePointer<Int>?) {
  guard let words = unsafe words else { return }
  var sums = (bytes: 0, blocks: 0, python: 0, mapped: 0)
  forEachLedger { ledger in
    let one = ledger[]
    sums.bytes = sums.bytes &+ one.allocated &- one.freed
    sums.blocks = sums.blocks &+ one.allocations &- one.frees
    sums.python = sums.python &+ one.pythonAllocated &- one.pythonFreed
    sums.mapped = sums.mapped &+ one.mapped
  }
  let others = withMappings { (reserved: $0.reserved, files: $0.files) } ?? (reserved: 0, files: 0)
  let place = unsafe Ref(words)
  place.advanced(by: 0)[] = sums.bytes
  place.advanced(by: 1)[] = sums.blocks
  place.advanced(by: 2)[] = sums.python
  place.advanced(by: 3)[] = sums.mapped
  place.advanced(by: 4)[] = others.reserved
  place.advanced(by: 5)[] = others.files
  place.advanced(by: 6)[] = lostEvents()
}
