// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Duty: writing into a file that is mapped into somebody else's program.
//
// A chunk is allocated on the disk before it is mapped, so that a full disk is an answer and not a
// signal; and it is touched at once, so that what of the resident set is ours is exactly known. Each
// table has a range of addresses to itself, in which its chunks lie side by side. The descriptor is
// closed when nothing more is to be mapped, or the program may close it: the mappings stay.

import CAgent
import CaptureFormat

/// RLIMIT_FSIZE, whose name Swift does not see.
private let limitOfFiles = 1

/// The file of a recording, mapped as it grows; used with the recording held.
struct CaptureFile {
  /// The most that a table may take, in bytes of address space.
  ///
  /// All of it counts against a limit that the program may set itself (RLIMIT_AS).
  private static let tableRoom = 1 << 28
  /// One for each table, and one for the header.
  private static let rooms = CaptureTable.last + 1

  private var descriptor = -1
  /// Which file it is: the program may close the descriptor, and get the number for a file of its own.
  private var identity = FileIdentity()
  private var chunks = 0
  private var mostChunks = 0
  /// How much of each table is mapped, by its number.
  private var sizes: InlineArray<16, Int> = InlineArray(repeating: 0)
  /// Where the room for all of them is: for the header first, then for each table.
  private var roomStart = 0

  /// Whether nothing more can be mapped because the disk is full, and not because the file may not grow.
  private(set) var isDiskFull = false

  /// Bytes of the file, all of which are mapped and resident.
  var bytes: Int { chunks &* CaptureFormat.chunkSize }

  /// The header, once the file is open.
  var header: Ref<CaptureHeader> { Ref(known: roomStart) }

  /// Whether an address is in memory that shows the file.
  func contains(_ address: Int) -> Bool {
    address >= roomStart && address < roomStart &+ CaptureFile.rooms &* CaptureFile.tableRoom
      && roomStart != 0
  }

  /// Takes over an open file of no bytes, which may grow to `limit`; 0, or minus an error number.
  mutating func open(_ opened: Int, limit: Int) -> Int {
    descriptor = opened
    identity = FileIdentity(of: opened)
    mostChunks = min(limit / CaptureFormat.chunkSize, CaptureFormat.mostChunks)
    let room = kernel(
      Int32(SYS_mmap), 0, CaptureFile.rooms &* CaptureFile.tableRoom, Int(PROT_NONE),
      Int(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE), -1, 0)
    if room < 0 { return room }
    roomStart = room
    let failed = mapChunk(at: room)
    if failed < 0 { return failed }
    header[] = CaptureHeader()
    header[].chunks = UInt32(truncatingIfNeeded: chunks)
    return 0
  }

  /// The address of a table's entry; 0 if it is not there and cannot be.
  mutating func entry(_ table: CaptureTable, _ index: Int, stride: Int) -> Int {
    let offset = index &* stride
    while unsafe offset &+ stride > sizes[unchecked: table.rawValue] {
      if !grow(table) { return 0 }
    }
    return base(table) &+ offset
  }

  /// Where a table begins.
  @inline(__always)
  func base(_ table: CaptureTable) -> Int {
    roomStart &+ table.rawValue &* CaptureFile.tableRoom
  }

  private mutating func grow(_ table: CaptureTable) -> Bool {
    let number = table.rawValue
    let size = unsafe sizes[unchecked: number]
    if size &+ CaptureFormat.chunkSize > CaptureFile.tableRoom { return false }
    let place = chunks
    if mapChunk(at: base(table) &+ size) < 0 { return false }
    unsafe sizes[unchecked: number] = size &+ CaptureFormat.chunkSize
    let entry = roomStart &+ CaptureFormat.directoryOffset &+ (place &- 1) &* 4
    Ref<UInt32>(known: entry)[] = UInt32(truncatingIfNeeded: number)
    header[].chunks = UInt32(truncatingIfNeeded: chunks)
    return true
  }

  /// Appends a chunk to the file and maps it.
  private mutating func mapChunk(at address: Int) -> Int {
    if chunks >= mostChunks {
      return 0 &- Int(ENOSPC)
    }
    if !isOurs { return 0 &- Int(EBADF) }
    let size = CaptureFormat.chunkSize
    let offset = chunks &* size
    // Beyond the limit, the answer would be a signal that ends the program.
    var failed =
      offset &+ size > largestFile()
      ? 0 &- Int(EFBIG) : kernel(Int32(SYS_fallocate), descriptor, 0, offset, size)
    if failed == 0 &- Int(EOPNOTSUPP) || failed == 0 &- Int(ENOSYS) {
      failed = writeZeros(from: offset, size)
    }
    if failed < 0 {
      isDiskFull = true
      return failed
    }
    let mapped = kernel(
      Int32(SYS_mmap), address, size, Int(PROT_READ | PROT_WRITE), Int(MAP_SHARED | MAP_FIXED),
      descriptor, offset)
    if mapped < 0 {
      return mapped
    }
    let page = pageSize()
    var position = 0
    while position < size {
      Ref<UInt8>(known: address &+ position)[] = 0
      position = position &+ page
    }
    chunks = chunks &+ 1
    return 0
  }

  /// How large a file this process may write, in bytes (RLIMIT_FSIZE).
  private func largestFile() -> Int {
    var limits: InlineArray<2, UInt> = InlineArray(repeating: 0)
    let failed = unsafe withUnsafeMutableBytes(of: &limits) { bytes in
      kernel(Int32(SYS_prlimit64), 0, limitOfFiles, 0, Int(bitPattern: bytes.baseAddress))
    }
    let soft = unsafe limits[unchecked: 0]
    return failed < 0 || soft > UInt(Int.max) ? Int.max : Int(truncatingIfNeeded: soft)
  }

  /// For file systems that cannot allocate without writing.
  private func writeZeros(from offset: Int, _ size: Int) -> Int {
    var zeros: InlineArray<4096, UInt8> = InlineArray(repeating: 0)
    return unsafe withUnsafeMutableBytes(of: &zeros) { bytes in
      var position = 0
      while position < size {
        let written = kernel(
          Int32(SYS_pwrite64), descriptor, Int(bitPattern: bytes.baseAddress), 4096,
          offset &+ position)
        if written < 0 { return written }
        if written == 0 { return 0 &- Int(ENOSPC) }
        position = position &+ written
      }
      return 0
    }
  }

  private var isOurs: Bool { FileIdentity(of: descriptor) == identity }

  private func closeDescriptor() {
    if descriptor >= 0 && isOurs { closeFile(descriptor) }
  }

  /// Puts plain memory where a page of the file is gone, since somebody cut it off.
  func replacePage(at address: Int) -> Bool {
    let page = pageSize()
    let mapped = kernel(
      Int32(SYS_mmap), address & ~(page &- 1), page, Int(PROT_READ | PROT_WRITE),
      Int(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED), -1, 0)
    return mapped >= 0
  }

  /// Ends the writing; what is mapped stays.
  mutating func leave() {
    closeDescriptor()
    self = CaptureFile()
  }

  /// Ends the writing; what is mapped is given back.
  mutating func close() {
    if roomStart != 0 {
      _ = kernel(Int32(SYS_munmap), roomStart, CaptureFile.rooms &* CaptureFile.tableRoom)
    }
    closeDescriptor()
    self = CaptureFile()
  }
}

/// Tells a file from every other.
struct FileIdentity: BitwiseCopyable, Equatable {
  private var device = 0
  private var number = 0

  init() {}

  /// Of an open descriptor; no file's where it is not open.
  init(of descriptor: Int) {
    // As much as a `struct stat`, which begins with the two.
    var words: InlineArray<32, Int> = InlineArray(repeating: 0)
    unsafe withUnsafeMutableBytes(of: &words) { bytes in
      _ = kernel(Int32(SYS_fstat), descriptor, Int(bitPattern: bytes.baseAddress))
    }
    device = unsafe words[unchecked: 0]
    number = unsafe words[unchecked: 1]
  }
}
