// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// The kinds of mapped memory that the ledger tells apart.
enum MappingKind: UInt8 {
  /// Private, anonymous and writable: heap.
  case heap = 1
  /// Private and anonymous, but not (yet) for use: no access, read-only, or mapped with
  /// MAP_NORESERVE, by which the caller says that most of it will never be touched.
  case reserved = 2
  /// Of a file, or shared.
  case file = 3
  /// Private, anonymous and writable, and older than the accounting: who maps what is not known, but
  /// who unmaps it himself had mapped it himself.
  case older = 4
}

/// What one recording knows of a mapping: the counters it belongs to, and what each of its bytes stands for.
struct MappingRecord: BitwiseCopyable, Equatable {
  /// 0: it is not recorded.
  var counters: UInt32 = 0
  /// Which recording it is.
  var recording: UInt32 = 0
  /// What each of its bytes stands for.
  var bytesForEach = 0.0
  var blocksForEach = 0.0
  var varianceForEach = 0.0
}

/// What the recordings know of a mapping, by their places.
struct MappingRecords: BitwiseCopyable, Equatable {
  private var records = InlineArray<4, MappingRecord>(repeating: MappingRecord())
  private(set) var isEmpty = true

  func at(_ place: Int) -> MappingRecord { unsafe records[unchecked: place] }

  mutating func set(_ record: MappingRecord, at place: Int) {
    unsafe records[unchecked: place] = record
    isEmpty = false
  }

  static func == (one: MappingRecords, other: MappingRecords) -> Bool {
    if one.isEmpty && other.isEmpty { return true }
    var place = 0
    while place < mostRecordings {
      if one.at(place) != other.at(place) { return false }
      place = place &+ 1
    }
    return true
  }
}

/// The mappings of the process that it made itself: disjoint ranges in the order of their addresses.
///
/// Mapping calls are rare and cost microseconds, so a lock guards the table (`MappingsLock.swift`).
struct Mappings {
  struct Range: BitwiseCopyable {
    var start: Int
    var end: Int
    var kind: MappingKind
    var records = MappingRecords()
  }

  /// By how many bytes each kind changed.
  struct Change {
    var heap = 0
    var reserved = 0
    var file = 0

    mutating func add(_ kind: MappingKind, _ bytes: Int) {
      switch kind {
      case .heap, .older: heap = heap &+ bytes
      case .reserved: reserved = reserved &+ bytes
      case .file: file = file &+ bytes
      }
    }
  }

  private var ranges: Ref<Range>?
  private var count = 0
  private var capacity = 0

  /// What is mapped in the kinds that are not heap, in bytes, since the start.
  private(set) var reserved = 0
  private(set) var files = 0

  /// Enters a fresh mapping in place of whatever was known of its range; how much the latter was.
  ///
  /// `former` is what the kernel took away by mapping over it (MAP_FIXED); without that, what the table
  /// still knows there was unmapped unseen, and is forgotten.
  mutating func enter(_ start: Int, _ end: Int, _ kind: MappingKind, overMapped: Bool) -> Change {
    let former = remove(start, end)
    add(Range(start: start, end: end, kind: kind))
    return overMapped ? former : Change()
  }

  /// Removes a range; how much was known in it.
  @inline(never)
  mutating func remove(_ start: Int, _ end: Int) -> Change {
    var change = Change()
    guard let ranges else { return change }
    var index = firstIndex(endingAfter: start)
    while index < count {
      let range = ranges.advanced(by: index)[]
      if range.start >= end { break }
      let low = max(range.start, start)
      let high = min(range.end, end)
      change.add(range.kind, high &- low)
      tally(range.kind, low &- high)
      if !range.records.isEmpty { recordUnmapped(range.records, high &- low) }
      if range.start < low && high < range.end {
        ranges.advanced(by: index)[].end = low
        var rest = range
        rest.start = high
        insert(rest, at: index &+ 1)
        break
      } else if range.start < low {
        ranges.advanced(by: index)[].end = low
        index = index &+ 1
      } else if high < range.end {
        ranges.advanced(by: index)[].start = high
        break
      } else {
        delete(at: index)
      }
    }
    return change
  }

  /// How much of a range is of a kind, in bytes.
  func bytes(of kind: MappingKind, from start: Int, to end: Int) -> Int {
    var bytes = 0
    var index = firstIndex(endingAfter: start)
    while let ranges, index < count, ranges.advanced(by: index)[].start < end {
      let range = ranges.advanced(by: index)[]
      if range.kind == kind { bytes = bytes &+ min(range.end, end) &- max(range.start, start) }
      index = index &+ 1
    }
    return bytes
  }

  /// Turns what is of one kind in a range into another; the bytes that this concerns.
  @inline(never)
  mutating func turn(
    _ start: Int, _ end: Int, from: MappingKind, to: MappingKind,
    records: MappingRecords = MappingRecords()
  ) -> Int {
    var turned = 0
    var position = start
    while position < end {
      let index = firstIndex(endingAfter: position)
      guard let ranges, index < count else { break }
      let range = ranges.advanced(by: index)[]
      if range.start >= end { break }
      let low = max(range.start, position)
      let high = min(range.end, end)
      if range.kind == from {
        turned = turned &+ (high &- low)
        _ = remove(low, high)
        add(Range(start: low, end: high, kind: to, records: records))
      }
      position = high
    }
    return turned
  }

  /// Notes what recordings know of a range, which is one mapping of which nothing is known.
  mutating func attribute(
    _ start: Int, _ end: Int, _ kind: MappingKind, to records: MappingRecords
  ) {
    _ = remove(start, end)
    add(Range(start: start, end: end, kind: kind, records: records))
  }

  /// The kind of the mapping at an address, if one is known there.
  func kind(at address: Int) -> MappingKind? {
    let index = firstIndex(endingAfter: address)
    guard let ranges, index < count else { return nil }
    let range = ranges.advanced(by: index)[]
    return range.start <= address ? range.kind : nil
  }

  // MARK: - The table

  private mutating func tally(_ kind: MappingKind, _ bytes: Int) {
    if kind == .reserved { reserved = reserved &+ bytes }
    if kind == .file { files = files &+ bytes }
  }

  private func firstIndex(endingAfter address: Int) -> Int {
    guard let ranges else { return 0 }
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) &>> 1
      if ranges.advanced(by: middle)[].end <= address { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  @inline(never)
  private mutating func add(_ range: Range) {
    tally(range.kind, range.end &- range.start)
    let index = firstIndex(endingAfter: range.start)
    let below = neighbour(at: index &- 1, like: range)
    let above = neighbour(at: index, like: range)
    let joinsBelow = below?[].end == range.start
    let joinsAbove = above?[].start == range.end
    if joinsBelow, joinsAbove, let above {
      below?[].end = above[].end
      delete(at: index)
    } else if joinsBelow {
      below?[].end = range.end
    } else if joinsAbove {
      // The kernel maps downwards: most mappings come to lie below the one before.
      above?[].start = range.start
    } else {
      insert(range, at: index)
    }
  }

  private func neighbour(at index: Int, like other: Range) -> Ref<Range>? {
    guard let ranges, index >= 0, index < count else { return nil }
    let range = ranges.advanced(by: index)
    return range[].kind == other.kind && range[].records == other.records ? range : nil
  }

  private mutating func insert(_ range: Range, at index: Int) {
    if count == capacity && !grow() {
      loseEvent()
      return
    }
    guard let ranges else { return }
    var place = count
    while place > index {
      ranges.advanced(by: place)[] = ranges.advanced(by: place &- 1)[]
      place = place &- 1
    }
    ranges.advanced(by: index)[] = range
    count = count &+ 1
  }

  private mutating func delete(at index: Int) {
    guard let ranges else { return }
    count = count &- 1
    var place = index
    while place < count {
      ranges.advanced(by: place)[] = ranges.advanced(by: place &+ 1)[]
      place = place &+ 1
    }
  }

  private mutating func grow() -> Bool {
    let size = MemoryLayout<Range>.stride
    let larger = max(capacity &* 2, 16384 / size)
    guard let start = mapForLedger(larger &* size), let fresh = Ref<Range>(address: start) else {
      return false
    }
    if let ranges {
      var index = 0
      while index < count {
        fresh.advanced(by: index)[] = ranges.advanced(by: index)[]
        index = index &+ 1
      }
      unmapForLedger(ranges.address, capacity &* size)
    }
    ranges = fresh
    capacity = larger
    return true
  }
}
