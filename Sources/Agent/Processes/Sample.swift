// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The samples of a series, in mapped chunks that are linked and never moved.

/// One reading.
///
/// Its layout is part of the C interface: three words of eight bytes.
struct Sample {
  /// 0 for the series itself, else the descendant whose row this is.
  var process: Int
  var bytes: Int
  /// Seconds since 1970.
  var time: Double
}

/// A chunk of samples: this header, then the samples.
@safe
struct SampleChunk {
  static let size = 32768
  static var capacity: Int {
    (size &- MemoryLayout<SampleChunk>.stride) / MemoryLayout<Sample>.stride
  }

  var next: UnsafeMutablePointer<SampleChunk>?
  var count: Int
}

/// All the samples of one series, written by one thread at a time.
@safe
struct SampleStore {
  private var first: UnsafeMutablePointer<SampleChunk>?
  private var last: UnsafeMutablePointer<SampleChunk>?
  private(set) var count = 0

  /// Adds a sample; when memory is short it is dropped.
  mutating func append(_ sample: Sample) {
    if unsafe last == nil || last?.pointee.count ?? 0 >= SampleChunk.capacity {
      guard let page = unsafe mapMemory(SampleChunk.size) else { return }
      let chunk = unsafe page.assumingMemoryBound(to: SampleChunk.self)
      if let full = unsafe last { unsafe full.pointee.next = chunk } else { unsafe first = chunk }
      unsafe last = chunk
    }
    guard let chunk = unsafe last else { return }
    unsafe Self.samples(of: chunk)[chunk.pointee.count] = sample
    unsafe chunk.pointee.count &+= 1
    count = count &+ 1
  }

  /// Copies the samples out and gives the memory back.
  mutating func move(to target: UnsafeMutablePointer<Sample>?, capacity: Int) {
    var copied = 0
    var next = unsafe first
    while let chunk = unsafe next {
      var index = 0
      while let target = unsafe target, unsafe index < chunk.pointee.count, copied < capacity {
        unsafe target[copied] = Self.samples(of: chunk)[index]
        copied = copied &+ 1
        index = index &+ 1
      }
      unsafe next = chunk.pointee.next
      unsafe unmapMemory(UnsafeMutableRawPointer(chunk), SampleChunk.size)
    }
    unsafe first = nil
    unsafe last = nil
    count = 0
  }

  private static func samples(
    of chunk: UnsafeMutablePointer<SampleChunk>
  ) -> UnsafeMutablePointer<Sample> {
    unsafe UnsafeMutableRawPointer(chunk + 1).assumingMemoryBound(to: Sample.self)
  }
}
