// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where the bytes of a capture come from: an open file, or memory.
///
/// A file is read, not mapped: if somebody cuts it off meanwhile, a mapping would end this process
/// with a signal, and a read is merely short.
enum ByteSource {
  case file(descriptor: Int32)
  case memory([UInt8])
  /// A file that stays open for as long as this is there.
  case opened(OpenFile)
  /// Some bytes of another source, as far as it has them.
  indirect case part(ByteSource, Range<Int>)

  /// How many bytes there are.
  var size: Int {
    switch self {
    case .memory(let bytes): return bytes.count
    case .opened(let file): return ByteSource.file(descriptor: file.descriptor).size
    case .part(let whole, let range): return range.clamped(to: 0..<whole.size).count
    case .file(let descriptor):
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0 else { return 0 }
      return max(0, Int(status.st_size))
    }
  }

  /// Fills the buffer with the bytes from `offset` on; with zeros where there are none.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
    var filled = 0
    switch self {
    case .memory(let bytes):
      if offset >= 0, offset < bytes.count {
        filled = min(buffer.count, bytes.count - offset)
        unsafe buffer.copyBytes(from: bytes[offset..<offset + filled])
      }
    case .opened(let file):
      return unsafe ByteSource.file(descriptor: file.descriptor).read(at: offset, into: buffer)
    case .part(let whole, let range):
      if offset >= 0, offset < range.count {
        filled = min(buffer.count, range.count - offset)
        unsafe whole.read(
          at: range.lowerBound + offset,
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<filled]))
      }
    case .file(let descriptor):
      while filled < buffer.count {
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        let count = unsafe pread(descriptor, rest.baseAddress, rest.count, offset + filled)
        if count > 0 { filled += count } else if count == 0 || errno != EINTR { break }
      }
    }
    // Safe: `filled` is at most the buffer's count.
    unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).initializeMemory(
      as: UInt8.self, repeating: 0)
  }

  /// All bytes.
  func contents() -> [UInt8] { contents(size) }

  /// The first `count` bytes; zeros where there are none.
  func contents(_ count: Int) -> [UInt8] {
    if case .memory(let bytes) = self, bytes.count == count { return bytes }
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Safe: reading writes every byte of the buffer.
      unsafe read(
        at: 0,
        into: UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
      initialized = count
    }
  }

  /// One value from `offset` on; what is missing of it is zeros.
  func load<Value: BitwiseCopyable>(_ type: Value.Type, at offset: Int, from zero: Value) -> Value {
    var value = zero
    unsafe withUnsafeMutableBytes(of: &value) { unsafe read(at: offset, into: $0) }
    return value
  }
}
