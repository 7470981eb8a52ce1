// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// How the program's calls come to the hooks. Two ways in:
//
// - Preloaded, the agent stands before libc in the loader's search: every object finds the hooks under
//   the allocator's own names, from the process's first instruction on.
// - In a running process the agent goes through all loaded objects and puts the hooks' addresses into
//   the slots through which they call the allocator; and into the symbol table of the allocator's own
//   object, where the loader will look for whatever is loaded later. So `dlopen` itself is left
//   alone, with its rules about who calls it, and what a library allocates while it is being loaded
//   is seen as well.
//
// Once in, the hooks stay for the life of the process: a ledger with a gap would be wrong for ever.

import CAgent

/// What the interposer has done.
struct Interposer {
  /// The real functions were looked for, and malloc was found.
  var isReady = false
  /// The agent was there before the program.
  var isPreloaded = false
  /// The hooks are in place.
  var isInstalled = false
  /// A second look has found what slipped in meanwhile.
  fileprivate var isComplete = false
  /// Objects that are loaded from now on will be led to the hooks.
  var seesLaterObjects = false
  /// The process carries an AddressSanitizer, which must see every allocation first.
  var hasSanitizer = false
  /// The allocator is a library of its own that serves C++'s operators itself, past malloc.
  var hidesObjects = false
  fileprivate var isSearching = false
}

/// The one of the process.
@safe nonisolated(unsafe) private(set) var interposer = Interposer()

// MARK: - The hooked functions

private let hookCount = 15

/// A function that is hooked: its name, and its hook.
private func hook(_ function: RealAllocator.Function) -> (name: Address, hook: Address) {
  typealias Real = RealAllocator
  return switch function {
  case .malloc: (cString("malloc"), address(of: hookedMalloc as Real.Malloc))
  case .free: (cString("free"), address(of: hookedFree as Real.Free))
  case .calloc: (cString("calloc"), address(of: hookedCalloc as Real.Calloc))
  case .realloc: (cString("realloc"), address(of: hookedRealloc as Real.Realloc))
  case .reallocarray:
    (cString("reallocarray"), address(of: hookedReallocarray as Real.Reallocarray))
  case .posixMemalign:
    (cString("posix_memalign"), address(of: hookedPosixMemalign as Real.PosixMemalign))
  case .alignedAlloc: (cString("aligned_alloc"), address(of: hookedAlignedAlloc as Real.Aligned))
  case .memalign: (cString("memalign"), address(of: hookedMemalign as Real.Aligned))
  case .valloc: (cString("valloc"), address(of: hookedValloc as Real.Malloc))
  case .pvalloc: (cString("pvalloc"), address(of: hookedPvalloc as Real.Malloc))
  case .map: (cString("mmap"), address(of: peakline_mmap as Real.Map))
  case .map64: (cString("mmap64"), address(of: peakline_mmap as Real.Map))
  case .unmap: (cString("munmap"), address(of: peakline_munmap as Real.Unmap))
  case .remap: (cString("mremap"), address(of: peakline_mremap as Real.Remap))
  case .protect: (cString("mprotect"), address(of: peakline_mprotect as Real.Protect))
  case .sizeOf: (cString("malloc_usable_size"), 0)
  }
}

/// Calls `body` for each function that is hooked.
private func forEachHook(_ body: (RealAllocator.Function) -> Void) {
  var index = 0
  while index < hookCount {
    if let function = RealAllocator.Function(rawValue: index) { body(function) }
    index = index &+ 1
  }
}

/// Which hooked function a name is; most names are told by their first letter not to be one.
private func hooked(named name: Int) -> RealAllocator.Function? {
  switch Ref<UInt8>(address: name)?[] ?? 0 {
  case 97, 99, 102, 109, 112, 114, 118: break  // a c f m p r v
  default: return nil
  }
  var found: RealAllocator.Function?
  forEachHook { if found == nil && areEqual(name, hook($0).name) { found = $0 } }
  return found
}

// MARK: - Finding the real functions

/// Finds the functions that the hooks stand before; false if there is no malloc but ours, or while
/// they are just being looked for.
func findRealAllocator() -> Bool {
  if interposer.isReady { return true }
  if interposer.isSearching { return false }
  interposer.isSearching = true
  unsafe agent_each_object(noteDefinitions)
  interposer.isSearching = false
  interposer.isReady = realAllocator[.malloc] != 0 && realAllocator[.free] != 0
  if interposer.isReady && interposer.isPreloaded {
    proveChunks()
    startLedgers()
  }
  return interposer.isReady
}

private func object(_ info: UnsafePointer<agent_object>?) -> LoadedObject? {
  guard let info = unsafe info else { return nil }
  return unsafe LoadedObject(Ref(known: Int(bitPattern: info)))
}

private func isOurs(_ object: LoadedObject) -> Bool {
  object.contains(hook(.malloc).hook)
}

/// The objects come in the order in which the loader searches them: the first definition counts.
private func noteDefinitions(_ info: UnsafePointer<agent_object>?) {
  guard let object = unsafe object(info) else { return }
  if isOurs(object) {
    interposer.isPreloaded = realAllocator[.malloc] == 0
    return
  }
  if object.definition(of: cString("__asan_init")) != nil { interposer.hasSanitizer = true }
  forEachHook { note($0, in: object) }
  if realAllocator[.malloc] != 0 { note(.sizeOf, in: object) }
}

private func note(_ function: RealAllocator.Function, in object: LoadedObject) {
  guard realAllocator[function] == 0, let symbol = object.definition(of: hook(function).name) else {
    return
  }
  realAllocator[function] = object.base &+ Int(bitPattern: UInt(symbol[].st_value))
  if function == .malloc {
    let extent = object.extent
    realAllocator.codeStart = extent.start
    realAllocator.codeEnd = extent.end
    // operator new(size_t), as C++ mangles it.
    interposer.hidesObjects = object.definition(of: cString("_Znwm")) != nil
  } else if function == .sizeOf {
    realAllocator.sizeIsAllocators = realAllocator.isAllocator(realAllocator[.sizeOf])
  }
}

// MARK: - Putting the hooks in

/// Leads every loaded object, and those that will be loaded, to the hooks.
///
/// A preloaded agent has most of them already, but not those that look for their own libraries first
/// (RTLD_DEEPBIND).
func installHooks() {
  if interposer.isInstalled { return }
  interposer.isInstalled = true
  interposer.seesLaterObjects = true
  // The symbols first: what another thread loads or binds meanwhile finds the hooks there.
  unsafe agent_each_object(redirectSymbolsOfObject)
  unsafe agent_each_object(redirectSlotsOfObject)
}

/// Leads to the hooks what was loaded or bound while they were put in; and what was loaded since, where
/// that is not found by itself.
func updateHooks() {
  if !interposer.isInstalled || (interposer.isComplete && interposer.seesLaterObjects) { return }
  interposer.isComplete = true
  unsafe agent_each_object(redirectSlotsOfObject)
}

private func redirectSymbolsOfObject(_ info: UnsafePointer<agent_object>?) {
  guard let object = unsafe object(info), !isOurs(object) else { return }
  redirectSymbols(of: object)
}

private func redirectSlotsOfObject(_ info: UnsafePointer<agent_object>?) {
  guard let object = unsafe object(info), !isOurs(object) else { return }
  redirectSlots(of: object)
  if object.definition(of: cString("__tls_get_addr")) != nil { redirectLoader(object) }
}

/// Puts the hooks into the loader, which has looked up malloc, calloc, realloc and free for itself and
/// keeps their addresses in memory that it then seals.
private func redirectLoader(_ loader: LoadedObject) {
  loader.forEachSealedWord { word in
    let present = load(word)
    var index = 0
    while index <= RealAllocator.Function.realloc.rawValue {
      if let function = RealAllocator.Function(rawValue: index), present == realAllocator[function]
      {
        write(hook(function).hook, to: word, sealedWith: Int(PROT_READ))
      }
      index = index &+ 1
    }
  }
}

/// Puts the hooks into the slots through which an object calls.
///
/// A slot that holds neither the real function nor something of the object's own (the stub that binds
/// it at the first call) is another tool's by now, and is left to it. Or it holds the stub of a program
/// that is not position-independent, which leads through the program's own slot.
private func redirectSlots(of object: LoadedObject) {
  object.forEachSlot { slot, name, isData in
    guard let function = hooked(named: name), realAllocator[function] != 0 else { return }
    let present = load(slot)
    // A library that brings its own, and looks there first.
    let own = object.definition(of: name).map {
      object.base &+ Int(bitPattern: UInt($0[].st_value))
    }
    if present == own && present != realAllocator[function] { return }
    guard present == realAllocator[function] || (!isData && object.contains(present)) else {
      return
    }
    // The allocator maps for itself what it hands out later; and where it is more than the allocator
    // (libc is), the rest of it allocates as everybody does.
    if realAllocator.isAllocator(slot)
      && (function.rawValue >= RealAllocator.Function.map.rawValue || !isLibc(object))
    {
      return
    }
    write(hook(function).hook, to: slot, sealedWith: object.isSealed(slot) ? Int(PROT_READ) : nil)
  }
}

private func isLibc(_ object: LoadedObject) -> Bool {
  object.definition(of: cString("strdup")) != nil
}

/// Puts the hooks into the symbol table of an object that defines the real functions.
private func redirectSymbols(of object: LoadedObject) {
  forEachHook { function in
    let hook = hook(function)
    guard let symbol = object.definition(of: hook.name),
      object.base &+ Int(bitPattern: UInt(symbol[].st_value)) == realAllocator[function]
    else { return }
    // An Elf64_Sym holds its value in the second of its three words.
    let place = symbol.address &+ 8
    if !write(hook.hook &- object.base, to: place, sealedWith: object.protection(at: place)) {
      interposer.seesLaterObjects = false
    }
  }
}

/// Writes a word into a page that may be read-only, and protects the page as before.
@discardableResult
private func write(_ value: Int, to place: Int, sealedWith protection: Int?) -> Bool {
  guard let protection, protection & Int(PROT_WRITE) == 0 else {
    peakline_word_store(place, value)
    return true
  }
  let page = pageSize()
  let start = place & ~(page &- 1)
  let opened = kernel(Int32(SYS_mprotect), start, page, protection | Int(PROT_WRITE))
  if opened < 0 { return false }
  peakline_word_store(place, value)
  _ = kernel(Int32(SYS_mprotect), start, page, protection)
  return true
}
