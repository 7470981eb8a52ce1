// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// An address of the program's memory; 0 is null.
public typealias Address = Int

/// The functions that the hooks stand before: the program's own allocator, and the kernel's mapping
/// calls as its libc offers them.
///
/// All are nil until the interposer has found them; a function that this libc lacks stays nil.
struct RealAllocator: ~Copyable {
  typealias Malloc = @convention(c) (Int) -> Address
  typealias Calloc = @convention(c) (Int, Int) -> Address
  typealias Realloc = @convention(c) (Address, Int) -> Address
  typealias Reallocarray = @convention(c) (Address, Int, Int) -> Address
  typealias Free = @convention(c) (Address) -> Void
  typealias PosixMemalign = @convention(c) (Address, Int, Int) -> Int32
  typealias Aligned = @convention(c) (Int, Int) -> Address
  typealias Size = @convention(c) (Address) -> Int
  typealias Map = @convention(c) (Address, Int, Int32, Int32, Int32, Int) -> Address
  typealias Unmap = @convention(c) (Address, Int) -> Int32
  typealias Remap = @convention(c) (Address, Int, Int, Int32, Address) -> Address
  typealias Protect = @convention(c) (Address, Int, Int32) -> Int32

  /// By the number of `Function`.
  private var addresses: InlineArray<16, Address> = InlineArray(repeating: 0)

  /// The functions by number: those that are hooked, and one more that is asked.
  enum Function: Int {
    case malloc, free, calloc, realloc, reallocarray, posixMemalign, alignedAlloc, memalign, valloc
    case pvalloc, map, map64, unmap, remap, protect
    /// `malloc_usable_size`, which is not hooked.
    case sizeOf
  }

  /// Where a function is; 0 while it is not known.
  @inline(__always)
  subscript(function: Function) -> Address {
    get { unsafe addresses[unchecked: function.rawValue] }
    set { unsafe addresses[unchecked: function.rawValue] = newValue }
  }

  // Safe to call only when their address is known. No hook asks before: a thread has a ledger only then.

  @inline(__always)
  var malloc: Malloc { function(at: self[.malloc]) }
  @inline(__always)
  var calloc: Calloc { function(at: self[.calloc]) }
  @inline(__always)
  var realloc: Realloc { function(at: self[.realloc]) }
  @inline(__always)
  var reallocarray: Reallocarray { function(at: self[.reallocarray]) }
  @inline(__always)
  var free: Free { function(at: self[.free]) }
  @inline(__always)
  var posixMemalign: PosixMemalign { function(at: self[.posixMemalign]) }
  @inline(__always)
  var alignedAlloc: Aligned { function(at: self[.alignedAlloc]) }
  @inline(__always)
  var memalign: Aligned { function(at: self[.memalign]) }
  @inline(__always)
  var valloc: Malloc { function(at: self[.valloc]) }
  @inline(__always)
  var pvalloc: Malloc { function(at: self[.pvalloc]) }
  @inline(__always)
  var sizeOf: Size { function(at: self[.sizeOf]) }
  @inline(__always)
  var map: Map { function(at: self[.map]) }
  @inline(__always)
  var unmap: Unmap { function(at: self[.unmap]) }
  @inline(__always)
  var remap: Remap { function(at: self[.remap]) }
  @inline(__always)
  var protect: Protect { function(at: self[.protect]) }

  /// `sizeOf` belongs to the same object as `malloc`: it knows its blocks.
  var sizeIsAllocators = false
  /// The allocator is glibc's, whose blocks say their size in the word before them.
  var hasChunks = false
  /// The code of the object that the allocator is part of: what it maps is counted when it is handed
  /// out.
  var codeStart = 0
  var codeEnd = 0

  /// The bytes that the owner of a block may use.
  @inline(__always)
  func usableSize(_ block: Address) -> Int {
    hasChunks ? RealAllocator.chunkSize(block) : sizeOf(block)
  }

  /// The same from the header of a glibc chunk: its size with three flags in the lowest bits, of which
  /// the second says that the chunk is a mapping of its own.
  ///
  /// Proved against `malloc_usable_size` when the hooks are put in.
  @inline(__always)
  static func chunkSize(_ block: Address) -> Int {
    let header = Ref<Int>(known: block &- 8)[]
    return (header & ~7) &- 8 &- (header & 2) &* 4
  }

  @inline(__always)
  func isAllocator(_ caller: Address) -> Bool { caller >= codeStart && caller < codeEnd }
}

/// The one of the process.
@safe nonisolated(unsafe) var realAllocator = RealAllocator()

/// The function at an address, which must be one.
@inline(__always)
func function<Function>(at address: Address) -> Function {
  unsafe unsafeBitCast(address, to: Function.self)
}

/// Where a C function is.
@inline(__always)
func address<Function>(of function: Function) -> Address {
  unsafe unsafeBitCast(function, to: Address.self)
}
