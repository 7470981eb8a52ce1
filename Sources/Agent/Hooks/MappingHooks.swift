// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What the program's own mapping calls are led to, through Mappings.c. Each makes the real call first
// and counts what came of it; a call that fails changes nothing.
//
// Private anonymous memory is heap from the moment it is writable until it is unmapped or no access is
// left. MADV_DONTNEED changes nothing here: the range stays usable, and no call tells when it is used
// again. The resident set shows it.

import CAgent

/// Stands before mmap(2).
@c(agent_map)
public func hookedMap(
  _ address: Address, _ length: Int, _ protection: Int32, _ flags: Int32, _ descriptor: Int32,
  _ offset: Int, _ caller: Address
) -> Address {
  guard realAllocator[.map] != 0 || findRealAllocator() else { return failed }
  if isCountedElsewhere(caller) {
    return realAllocator.map(address, length, protection, flags, descriptor, offset)
  }
  // In one step with the call: what is mapped over, or left free, may at once be another thread's.
  let isHeld = holdMappings()
  let start = realAllocator.map(address, length, protection, flags, descriptor, offset)
  if start == failed || !isHeld {
    if isHeld { releaseMappings() }
    return start
  }
  let bytes = wholePages(length)
  let kind = kind(protection, flags)
  countEarlyMappings(from: start, bytes)
  if interpreter.isAwaited, kind == .heap, earlyArenas.putAside(start, bytes, by: caller) {
    releaseMappings()
    return start
  }
  let former = heldMappings.enter(
    start, start &+ bytes, kind, overMapped: flags & MAP_FIXED != 0)
  currentLedger()?[].unmapped(former.heap)
  if kind == .heap { countHeap(start, bytes, requested: length) }
  releaseMappings()
  return start
}

/// Counts private memory that has become writable; with the table of mappings held, where it is already.
private func countHeap(_ start: Address, _ bytes: Int, requested: Int) {
  guard let ledger = currentLedger() else { return }
  ledger[].mapped(bytes, requested: requested)
  if !isRecording() { return }
  let records = recordMapped(bytes, ledger)
  if !records.isEmpty {
    heldMappings.attribute(start, start &+ bytes, .heap, to: records)
  }
}

/// Stands before munmap(2).
@c(agent_unmap)
public func hookedUnmap(_ start: Address, _ length: Int, _ caller: Address) -> Int32 {
  guard realAllocator[.unmap] != 0 || findRealAllocator() else { return -1 }
  // Before the call: as soon as it is done, another thread may be given the range. One that fails
  // unmaps nothing, and is a mistake of the caller's in the arguments, which are looked at here.
  let bytes = wholePages(length)
  let isValid = start & (pageSize() &- 1) == 0 && bytes > 0
  let isCounted = isValid && !isCountedElsewhere(caller)
  if isValid { countEarlyMappings(from: start, bytes) }
  let former = isValid ? withMappings { $0.remove(start, start &+ bytes) } : nil
  if isCounted, let former { countMapping(0 &- former.heap) }
  let answer = realAllocator.unmap(start, length)
  if answer != 0, isCounted, let former, former.heap == bytes {
    // The kernel has no room to split a mapping: it is there still.
    withMappings { _ = $0.enter(start, start &+ bytes, .heap, overMapped: false) }
    countMapping(bytes)
  }
  return answer
}

/// Stands before mremap(2).
@c(agent_remap)
public func hookedRemap(
  _ start: Address, _ length: Int, _ fresh: Int, _ flags: Int32, _ target: Address,
  _ caller: Address
) -> Address {
  guard realAllocator[.remap] != 0 || findRealAllocator() else { return failed }
  if isCountedElsewhere(caller) { return realAllocator.remap(start, length, fresh, flags, target) }
  let isHeld = holdMappings()
  let moved = realAllocator.remap(start, length, fresh, flags, target)
  if moved == failed || !isHeld {
    if isHeld { releaseMappings() }
    return moved
  }
  let before = wholePages(length)
  let after = wholePages(fresh)
  countEarlyMappings(from: start, before)
  countEarlyMappings(from: moved, after)
  let kind = heldMappings.kind(at: start)
  // Asked to keep the former range, or to copy a shared one, the kernel leaves it mapped.
  let keeps = before == 0 || flags & dontUnmap != 0
  let former = keeps ? Mappings.Change() : heldMappings.remove(start, start &+ before)
  var over = Mappings.Change()
  if let kind {
    let now: MappingKind = kind == .older ? .heap : kind
    over = heldMappings.enter(moved, moved &+ after, now, overMapped: flags & fixedTarget != 0)
  }
  currentLedger()?[].unmapped(former.heap &+ over.heap)
  if kind == .heap || kind == .older { countHeap(moved, after, requested: fresh) }
  releaseMappings()
  return moved
}

/// Stands before mprotect(2).
@c(agent_protect)
public func hookedProtect(
  _ start: Address, _ length: Int, _ protection: Int32, _ caller: Address
) -> Int32 {
  guard realAllocator[.protect] != 0 || findRealAllocator() else { return -1 }
  let answer = realAllocator.protect(start, length, protection)
  if answer != 0 || isCountedElsewhere(caller) { return answer }
  let end = start &+ wholePages(length)
  countEarlyMappings(from: start, end &- start)
  withMappings { mappings in
    if protection & PROT_WRITE != 0 {
      let bytes = mappings.bytes(of: .reserved, from: start, to: end)
      guard bytes > 0, let ledger = currentLedger() else { return }
      ledger[].mapped(bytes, requested: bytes)
      let records = isRecording() ? recordMapped(bytes, ledger) : MappingRecords()
      _ = mappings.turn(start, end, from: .reserved, to: .heap, records: records)
    } else if protection == PROT_NONE {
      let bytes =
        mappings.turn(start, end, from: .heap, to: .reserved)
        &+ mappings.turn(start, end, from: .older, to: .reserved)
      currentLedger()?[].unmapped(bytes)
    }
  }
  return answer
}

/// MAP_FAILED, MREMAP_FIXED and MREMAP_DONTUNMAP: the latter two are declared for GNU programs only.
private let failed: Address = -1
private let fixedTarget: Int32 = 2
private let dontUnmap: Int32 = 4

@inline(__always)
private func isCountedElsewhere(_ caller: Address) -> Bool {
  realAllocator.isAllocator(caller) || (currentLedger()?[].quiet ?? 1) != 0
}

private func wholePages(_ length: Int) -> Int {
  let page = pageSize()
  return (length &+ page &- 1) & ~(page &- 1)
}

private func kind(_ protection: Int32, _ flags: Int32) -> MappingKind {
  if flags & MAP_ANONYMOUS == 0 || flags & MAP_PRIVATE == 0 { return .file }
  // MAP_SHARED_VALIDATE is both bits.
  if flags & MAP_SHARED != 0 { return .file }
  return protection & PROT_WRITE != 0 && flags & MAP_NORESERVE == 0 ? .heap : .reserved
}

/// Counts private memory that the interpreter has mapped for itself.
func countMapping(at start: Address, _ bytes: Int) {
  guard holdMappings() else { return }
  _ = heldMappings.enter(start, start &+ bytes, .heap, overMapped: false)
  countHeap(start, bytes, requested: bytes)
  releaseMappings()
}

/// The same, about to be unmapped.
func uncountMapping(at start: Address, _ bytes: Int) {
  guard holdMappings() else { return }
  _ = heldMappings.remove(start, start &+ bytes)
  currentLedger()?[].unmapped(bytes)
  releaseMappings()
}

/// Counts private memory that was mapped, or (negative) unmapped.
func countMapping(_ bytes: Int) {
  if bytes == 0 { return }
  guard holdMappings() else { return }
  if bytes > 0 {
    currentLedger()?[].mapped(bytes, requested: bytes)
  } else {
    currentLedger()?[].unmapped(0 &- bytes)
  }
  releaseMappings()
}
