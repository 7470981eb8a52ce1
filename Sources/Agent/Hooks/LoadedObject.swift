// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// A program or library as the loader has put it into memory: what its dynamic section says.
///
/// The formats are those of the System V ABI (Elf64_Dyn, Elf64_Sym, Elf64_Rela) and of the GNU hash
/// table. Read inside `dl_iterate_phdr`, which keeps the object from being unloaded.
struct LoadedObject {
  /// What is added to the addresses in the file.
  let base: Int
  private let headers: Ref<Elf64_Phdr>
  private let headerCount: Int

  private var strings = 0
  private var symbols = 0
  private var gnuHash = 0
  private var hash = 0
  private var jumpSlots = 0
  private var jumpSlotBytes = 0
  private var relocations = 0
  private var relocationBytes = 0

  /// Nil for what has no dynamic section or one of another kind (the kernel's vdso).
  init?(_ info: Ref<agent_object>) {
    base = unsafe Int(bitPattern: info[].base)
    let headerAddress = unsafe Int(bitPattern: info[].headers)
    guard let headers = Ref<Elf64_Phdr>(address: headerAddress) else { return nil }
    self.headers = headers
    headerCount = unsafe Int(info[].count)
    var entry = 0
    var index = 0
    while index < headerCount {
      let header = headers.advanced(by: index)[]
      if header.p_type == UInt32(PT_DYNAMIC) {
        entry = base &+ Int(bitPattern: UInt(header.p_vaddr))
      }
      index = index &+ 1
    }
    if entry == 0 { return nil }
    readDynamicSection(at: entry)
    if strings == 0 || symbols == 0 { return nil }
  }

  private mutating func readDynamicSection(at address: Int) {
    var entry = address
    while load(entry) != Int(DT_NULL) {
      let value = load(entry &+ 8)
      // The loader has turned offsets into addresses, but not in every kind of object.
      let place = UInt(bitPattern: value) < UInt(bitPattern: base) ? base &+ value : value
      switch load(entry) {
      case Int(DT_STRTAB): strings = place
      case Int(DT_SYMTAB): symbols = place
      case 0x6fff_fef5: gnuHash = place
      case Int(DT_HASH): hash = place
      case Int(DT_JMPREL): jumpSlots = place
      case Int(DT_PLTRELSZ): jumpSlotBytes = value
      case Int(DT_RELA): relocations = place
      case Int(DT_RELASZ): relocationBytes = value
      default: break
      }
      entry = entry &+ 16
    }
  }

  // MARK: - Segments

  /// Whether an address lies in one of the object's segments.
  func contains(_ address: Int) -> Bool { protection(at: address) != nil }

  /// The protection with which the segment around an address was mapped, or nil where there is none.
  func protection(at address: Int) -> Int? {
    var index = 0
    while index < headerCount {
      let header = headers.advanced(by: index)[]
      let start = base &+ Int(bitPattern: UInt(header.p_vaddr))
      if header.p_type == UInt32(PT_LOAD), address >= start,
        address < start &+ Int(bitPattern: UInt(header.p_memsz))
      {
        // PF_X, PF_W, PF_R are 1, 2, 4; PROT_READ, PROT_WRITE, PROT_EXEC are 1, 2, 4.
        let flags = Int(header.p_flags)
        return (flags & 4) &>> 2 | flags & 2 | (flags & 1) &<< 2
      }
      index = index &+ 1
    }
    return nil
  }

  /// The first address of the object's memory, and the one after the last.
  var extent: (start: Int, end: Int) {
    var start = Int.max
    var end = 0
    var index = 0
    while index < headerCount {
      let header = headers.advanced(by: index)[]
      if header.p_type == UInt32(PT_LOAD) {
        let first = base &+ Int(bitPattern: UInt(header.p_vaddr))
        start = min(start, first)
        end = max(end, first &+ Int(bitPattern: UInt(header.p_memsz)))
      }
      index = index &+ 1
    }
    return (start, end)
  }

  /// Whether the loader has made the page of a slot read-only once it had been filled in.
  func isSealed(_ slot: Int) -> Bool {
    let page = pageSize()
    var index = 0
    while index < headerCount {
      let header = headers.advanced(by: index)[]
      if header.p_type == UInt32(PT_GNU_RELRO) {
        let start = base &+ Int(bitPattern: UInt(header.p_vaddr))
        let end = start &+ Int(bitPattern: UInt(header.p_memsz))
        if slot >= start & ~(page &- 1) && slot < end & ~(page &- 1) { return true }
      }
      index = index &+ 1
    }
    return false
  }

  /// Calls `body` with the address of each word that the loader seals after filling it in.
  func forEachSealedWord(_ body: (_ word: Int) -> Void) {
    let page = pageSize()
    var index = 0
    while index < headerCount {
      let header = headers.advanced(by: index)[]
      index = index &+ 1
      if header.p_type != UInt32(PT_GNU_RELRO) { continue }
      let start = base &+ Int(bitPattern: UInt(header.p_vaddr))
      let end = (start &+ Int(bitPattern: UInt(header.p_memsz))) & ~(page &- 1)
      var word = (start &+ 7) & ~7
      while word &+ 8 <= end {
        body(word)
        word = word &+ 8
      }
    }
  }

  // MARK: - Symbols

  /// The symbol by which the object itself defines a function of this name, or nil.
  func definition(of name: Address) -> Ref<Elf64_Sym>? {
    if gnuHash != 0 { return definitionByGNUHash(name) }
    if hash != 0 {
      // The second word of the table is the number of symbols.
      return definition(of: name, from: 1, to: Int(word(hash, 1)))
    }
    return nil
  }

  private func definitionByGNUHash(_ name: Address) -> Ref<Elf64_Sym>? {
    let value = gnuHash(of: name)
    let bucketCount = word(gnuHash, 0)
    let firstHashed = word(gnuHash, 1)
    let filterWords = Int(word(gnuHash, 2))
    if bucketCount == 0 { return nil }
    let buckets = gnuHash &+ 16 &+ filterWords &* 8
    let chains = buckets &+ Int(bucketCount) &* 4
    // Safe: the divisor is not zero, so this cannot trap.
    var index = word(buckets, Int(value % bucketCount))
    if index < firstHashed { return nil }
    while true {
      let chained = word(chains, Int(index &- firstHashed))
      if chained | 1 == value | 1,
        let symbol = definition(of: name, from: Int(index), to: Int(index) &+ 1)
      {
        return symbol
      }
      if chained & 1 != 0 { return nil }
      index = index &+ 1
    }
  }

  private func definition(of name: Address, from: Int, to: Int) -> Ref<Elf64_Sym>? {
    var index = from
    while index < to {
      if let symbol = symbol(index), symbol[].st_shndx != 0, symbol[].st_value != 0,
        symbol[].st_info & 0xf == UInt8(STT_FUNC), areEqual(symbolName(symbol), name)
      {
        return symbol
      }
      index = index &+ 1
    }
    return nil
  }

  private func symbol(_ index: Int) -> Ref<Elf64_Sym>? {
    Ref(address: symbols &+ index &* MemoryLayout<Elf64_Sym>.stride)
  }

  private func symbolName(_ symbol: Ref<Elf64_Sym>) -> Int { strings &+ Int(symbol[].st_name) }

  private func gnuHash(of name: Address) -> UInt32 {
    var value: UInt32 = 5381
    var place = name
    while byte(place) != 0 {
      value = value &* 33 &+ UInt32(byte(place))
      place = place &+ 1
    }
    return value
  }

  private func word(_ table: Int, _ index: Int) -> UInt32 {
    Ref<UInt32>(address: table &+ index &* 4)?[] ?? 0
  }

  // MARK: - Slots

  /// Calls `body` with the address of each slot that the loader filled with a function's address, with
  /// where the function's name stands, and with whether the slot is in the object's own data, which the
  /// program may have changed since.
  func forEachSlot(_ body: (_ slot: Int, _ name: Int, _ isData: Bool) -> Void) {
    forEachSlot(in: jumpSlots, jumpSlotBytes, body)
    forEachSlot(in: relocations, relocationBytes, body)
  }

  private func forEachSlot(
    in table: Int, _ bytes: Int, _ body: (_ slot: Int, _ name: Int, _ isData: Bool) -> Void
  ) {
    guard table != 0, let first = Ref<Elf64_Rela>(address: table) else { return }
    let count = bytes / MemoryLayout<Elf64_Rela>.stride
    var index = 0
    while index < count {
      let entry = first.advanced(by: index)
      index = index &+ 1
      let type = UInt32(truncatingIfNeeded: entry[].r_info)
      guard type == jumpSlotType || type == addressType || type == wordType,
        entry[].r_addend == 0, let symbol = symbol(Int(entry[].r_info &>> 32))
      else { continue }
      let slot = base &+ Int(bitPattern: UInt(entry[].r_offset))
      body(slot, symbolName(symbol), type == wordType)
    }
  }
}

// The numbers of the relocations that put a function's address into a slot.
#if arch(x86_64)
private let jumpSlotType: UInt32 = 7
private let addressType: UInt32 = 6
private let wordType: UInt32 = 1
#elseif arch(arm64)
private let jumpSlotType: UInt32 = 1026
private let addressType: UInt32 = 1025
private let wordType: UInt32 = 257
#else
#error("The relocations of this processor are not known.")
#endif

/// Where the text of a literal stands, as a C string.
@inline(__always)
func cString(_ literal: StaticString) -> Address { unsafe Int(bitPattern: literal.utf8Start) }

/// Whether the C strings at two addresses are equal.
func areEqual(_ one: Address, _ other: Address) -> Bool {
  var offset = 0
  while byte(one &+ offset) == byte(other &+ offset) {
    if byte(one &+ offset) == 0 { return true }
    offset = offset &+ 1
  }
  return false
}

@inline(__always)
private func byte(_ address: Address) -> UInt8 { Ref<UInt8>(known: address)[] }
