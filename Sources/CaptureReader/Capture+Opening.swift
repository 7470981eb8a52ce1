// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Capture {
  /// Opens a capture, or all captures of a tree, in a folder or in a file, as one.
  ///
  /// It may still be written to: then the tables are as they are at about this moment. Where a new
  /// peak came while they were read, they are read again, a few times at the most.
  package init(path: String) throws(CaptureFailure) {
    guard let family = try Family.open(path) else {
      self = try Capture(single: path)
      return
    }
    self = try family.capture()
    var tries = 0
    while !processes.isEmpty, header.state == CaptureState.recording, tries < 2,
      let now = Family.joint(path), now.epoch != joint?.epoch
    {
      self = try Family(folder: path).capture()
      tries += 1
    }
  }

  /// Opens the capture of one process of a tree, by its name (`CaptureProcess.name`).
  package init(path: String, process name: String) throws(CaptureFailure) {
    guard let family = try Family.open(path) else {
      self = try Capture(single: path)
      guard name == "\(header.processID)" else { throw .noProcess(name) }
      return
    }
    self = try family.capture(ofProcess: name)
  }

  /// As above, of a tree's file that was read.
  package init(bytes: [UInt8], process name: String) throws(CaptureFailure) {
    guard let family = try Family.open(.memory(bytes)) else {
      self = try Capture(bytes: bytes)
      guard name == "\(header.processID)" else { throw .noProcess(name) }
      return
    }
    self = try family.capture(ofProcess: name)
  }

  /// Opens a file that is the capture of one process.
  init(single path: String) throws(CaptureFailure) {
    let source = ByteSource.opened(OpenFile(try Self.open(path)))
    self = try Capture(source)
    var tries = 0
    while header.state == CaptureState.recording, tries < 3 {
      let now = source.load(CaptureHeader.self, at: 0, from: CaptureHeader())
      if now.peakEpoch == header.peakEpoch { break }
      self = try Capture(source)
      tries += 1
    }
  }

  /// The header of a file, without its tables; its numbers are as the file has them.
  ///
  /// Of a tree it is the root's, with the figures of all together: while the root records, the state
  /// says so.
  package static func header(ofFile path: String) throws(CaptureFailure) -> CaptureHeader {
    let descriptor: Int32
    do throws(CaptureFailure) {
      descriptor = try open(path)
    } catch {
      if case .isFolder = error { return try Family(folder: path).header() }
      throw error
    }
    return try CaptureHeader(checking: .opened(OpenFile(descriptor)))
  }

  /// A descriptor of a regular file.
  static func open(_ path: String) throws(CaptureFailure) -> Int32 {
    // Without waiting: a pipe that nobody writes to must not hang.
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotRead(SystemError.last()) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let reason = SystemError.last()
      close(descriptor)
      throw .cannotRead(reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw status.st_mode & S_IFMT == S_IFDIR ? .isFolder : .notCapture
    }
    return descriptor
  }

  /// Reads the bytes of a file, which may be a tree's.
  package init(bytes: [UInt8]) throws(CaptureFailure) {
    if let family = try Family.open(.memory(bytes)) {
      self = try family.capture()
    } else {
      self = try Capture(.memory(bytes))
    }
  }

  /// Whether bytes, of which the first eight are enough, are the beginning of a capture.
  package static func isCapture(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.prefix(8).elementsEqual("PEAKLINE".utf8)
  }

  /// Reads the capture of one process.
  init(_ source: ByteSource) throws(CaptureFailure) {
    let header = try CaptureHeader(checking: source)
    guard !header.isFamily else { throw .damaged("it is a tree in a tree") }
    let tables = try Tables(source, header)
    func count(_ table: CaptureTable) -> Int { Int(header.counts[table.rawValue]) }
    self.header = header
    texts = Texts(
      try tables.entries(.strings, UInt8.self, count: count(.strings) * 4, zero: 0))
    functions = try tables.entries(
      .functions, CaptureFunction.self, count: count(.functions), zero: CaptureFunction())
    stacks = try tables.entries(
      .stacks, CaptureStack.self, count: count(.stacks), zero: CaptureStack())
    counters = try tables.entries(
      .counters, CaptureCounters.self, count: count(.counters), zero: CaptureCounters())
    threads = try tables.entries(
      .threads, CaptureThread.self, count: count(.threads), zero: CaptureThread())
    moments = try tables.entries(
      .moments, CaptureMoment.self, count: count(.moments), zero: CaptureMoment())
    changes = try tables.entries(
      .timeline, CaptureChange.self, count: count(.timeline), zero: CaptureChange())
    sources = try tables.entries(
      .sources, CaptureSource.self, count: count(.sources), zero: CaptureSource())
    marks = try tables.entries(
      .marks, CaptureMark.self, count: count(.marks), zero: CaptureMark())
    fileSize = source.size
    isCutShort = !header.isPacked && fileSize < Int(header.chunks) * CaptureFormat.chunkSize
    mend()
  }
}

extension CaptureHeader {
  /// Whether it is a packed capture's.
  package var isPacked: Bool { version == PackedForm.version }

  /// The header of a file, if it is a capture's that can be read here.
  init(checking source: ByteSource) throws(CaptureFailure) {
    guard source.size > 0 else { throw .empty }
    let header = source.load(CaptureHeader.self, at: 0, from: CaptureHeader())
    if header.magic == 0 && header.chunks == 0 { throw .empty }
    guard header.magic == CaptureFormat.magic else { throw .notCapture }
    guard source.size >= MemoryLayout<CaptureHeader>.size else {
      throw .cutOff(bytes: source.size)
    }
    guard header.version == CaptureFormat.version || header.isPacked || header.isFamily else {
      throw .otherVersion(Int(header.version))
    }
    guard header.chunkSize == UInt32(CaptureFormat.chunkSize) else {
      throw .damaged("its chunks are of \(header.chunkSize) bytes")
    }
    guard header.version != CaptureFormat.version || source.size >= CaptureFormat.chunkSize else {
      throw .cutOff(bytes: source.size)
    }
    guard header.chunks >= 1, header.chunks <= UInt32(CaptureFormat.mostChunks) else {
      throw .damaged("it says that it has \(header.chunks) chunks")
    }
    guard header.mode <= CaptureMode.exact else {
      throw .damaged("its mode is \(header.mode)")
    }
    self = header
  }
}
