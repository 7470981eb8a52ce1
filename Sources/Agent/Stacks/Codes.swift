// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Which function a code object is, and which line an instruction: asked once, kept while the code object
// lives. A code object that is freed is noticed (`forgetCode`), since another may come to lie at its
// address: no reference is held, so nothing lives longer for being recorded.

import CAgent
import CaptureFormat
import Synchronization

/// An instruction that was met: a cache with one place for each hash.
private struct Site: BitwiseCopyable {
  var code = 0
  var position = 0
  var function: UInt32 = 0
  var line: UInt32 = 0
}

/// The sites of a code object stand in one of so many groups, where they are found when it dies.
private let groupCount = 256
private let groupSize = 32
private let siteCount = groupCount &* groupSize

/// Counts the deaths of code objects: what was remembered by their address holds for one count only.
private let deaths = Atomic<Int>(0)

@inline(__always)
func codeDeaths() -> Int { deaths.load(ordering: .acquiring) }

/// Called before the memory of an object is freed, if a code object may begin there.
///
/// Most objects there are others.
@inline(never)
func forgetCode(at address: Address) {
  guard !isForking(), holdRecordings() else { return }
  var isKnown = false
  forEachRecording { if $0[].sites.forget(address) { isKnown = true } }
  if isKnown { deaths.wrappingAdd(1, ordering: .acquiringAndReleasing) }
  releaseRecordings()
}

/// The instructions and functions that a recording has met, used with the recordings held.
struct Sites {
  private var places = 0
  private var codes = AddressTable<CodeFunction>()

  var bytes: Int { (places == 0 ? 0 : siteCount &* MemoryLayout<Site>.stride) &+ codes.bytes }

  /// The function and the line of an instruction; nil where there is no room.
  mutating func site(
    _ code: Int, _ position: Int, _ layout: StackLayout, _ tables: inout CaptureTables
  ) -> (function: UInt32, line: UInt32)? {
    if places == 0 {
      guard let fresh = mapForLedger(siteCount &* MemoryLayout<Site>.stride) else { return nil }
      places = fresh
    }
    let place = group(of: code).advanced(
      by: Int(mixed(UInt64(UInt(bitPattern: code ^ position &* 31))) & UInt64(groupSize &- 1)))
    if place[].code == code && place[].position == position {
      return (place[].function, place[].line)
    }
    guard let function = function(of: code, layout, &tables) else { return nil }
    var line = interpreter.line(of: code, at: layout.offset(of: position, in: code))
    if line <= 0 { line = Int(Ref<Int32>(known: code &+ layout.firstLine)[]) }
    let number = UInt32(truncatingIfNeeded: max(0, line))
    place[] = Site(code: code, position: position, function: function, line: number)
    return (function, number)
  }

  private mutating func function(
    of code: Int, _ layout: StackLayout, _ tables: inout CaptureTables
  ) -> UInt32? {
    if let known = codes.find(code) { return known[].function }
    let function = name(code, layout, &tables)
    if function == 0 || !codes.insert(CodeFunction(address: code, function: function)) {
      return nil
    }
    markCode(at: code)
    return function
  }

  /// The number of a code object's function, which is entered.
  private func name(
    _ code: Int, _ layout: StackLayout, _ tables: inout CaptureTables
  ) -> UInt32 {
    let name = text(load(code &+ layout.name), layout, &tables)
    let file = text(load(code &+ layout.file), layout, &tables)
    let first = max(0, Ref<Int32>(known: code &+ layout.firstLine)[])
    return tables.function(
      named: name, file: file, firstLine: UInt32(truncatingIfNeeded: first))
  }

  /// Forgets a code object; false if none is known at the address.
  mutating func forget(_ code: Int) -> Bool {
    guard codes.remove(code) != nil else { return false }
    if places == 0 { return true }
    let group = group(of: code)
    var index = 0
    while index < groupSize {
      if group.advanced(by: index)[].code == code { group.advanced(by: index)[].code = 0 }
      index = index &+ 1
    }
    return true
  }

  @inline(__always)
  private func group(of code: Int) -> Ref<Site> {
    let number = Int(mixed(UInt64(UInt(bitPattern: code))) & UInt64(groupCount &- 1))
    return Ref(known: places &+ number &* groupSize &* MemoryLayout<Site>.stride)
  }

  /// Forgets everything.
  mutating func clear() {
    if places != 0 { unmapForLedger(places, siteCount &* MemoryLayout<Site>.stride) }
    codes.clear()
    self = Sites()
  }
}

/// The function of a code object.
private struct CodeFunction: Addressed {
  var address = 0
  var function: UInt32 = 0
  var reserved: UInt32 = 0
}

// MARK: - Texts

/// The number of a Python text, which is entered as UTF-8; one that is long is cut.
private func text(
  _ object: Int, _ layout: StackLayout, _ tables: inout CaptureTables
) -> UInt32 {
  let most = 1020
  if object == 0 { return 0 }
  let length = load(object &+ 16)
  let state = Ref<UInt32>(known: object &+ 32)[]
  // Compact; names and files of code always are.
  if state & 0x20 == 0 || length <= 0 { return 0 }
  let kind = Int(state &>> 2 & 7)
  let data = object &+ (state & 0x40 != 0 ? layout.asciiData : layout.otherData)
  return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1024) { buffer in
    guard let bytes = buffer.baseAddress else { return 0 }
    var used = 0
    var index = 0
    while index < length && used < most {
      let unit: UInt32 =
        switch kind {
        case 1: UInt32(Ref<UInt8>(known: data &+ index)[])
        case 2: UInt32(Ref<UInt16>(known: data &+ index &* 2)[])
        default: Ref<UInt32>(known: data &+ index &* 4)[]
        }
      unsafe encode(unit, bytes, &used)
      index = index &+ 1
    }
    return unsafe tables.string(bytes, used)
  }
}

/// One character as UTF-8; half a character, which stands for an odd byte of a file's name, as U+FFFD.
private func encode(_ character: UInt32, _ bytes: UnsafeMutablePointer<UInt8>, _ used: inout Int) {
  let unit = character & 0xFFFF_F800 == 0xD800 ? 0xFFFD : character
  func put(_ byte: UInt32) {
    unsafe bytes[used] = UInt8(truncatingIfNeeded: byte)
    used = used &+ 1
  }
  if unit < 0x80 {
    put(unit)
  } else if unit < 0x800 {
    put(0xC0 | unit &>> 6)
    put(0x80 | unit & 63)
  } else if unit < 0x10000 {
    put(0xE0 | unit &>> 12)
    put(0x80 | unit &>> 6 & 63)
    put(0x80 | unit & 63)
  } else {
    put(0xF0 | unit &>> 18 & 7)
    put(0x80 | unit &>> 12 & 63)
    put(0x80 | unit &>> 6 & 63)
    put(0x80 | unit & 63)
  }
}
