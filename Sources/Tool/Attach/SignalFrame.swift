// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What the kernel leaves on the stack of a thread that it has handle a signal: a function that returns
/// through it goes on where the thread was, as it was.
///
/// A stopped thread is made to call functions in this way. So it finds back by itself if nobody puts it back,
/// because this command was killed meanwhile. x86-64 only.
struct SignalFrame {
  /// Where it is to stand: the address to return to is the first word.
  let address: UInt64
  let bytes: [UInt8]

  /// Where the stack is when the system call is made that returns through it.
  var stackAtReturn: UInt64 { address &+ 8 }

  /// A frame below an address of a stack.
  ///
  /// `registers` are in ptrace's order, `vectors` as it has them; without any they are cleared, as it may be in a
  /// system call, which is a function's. `restorer` is the address of the code that makes the system call.
  init(
    below top: UInt64, registers: [UInt64], vectors: [UInt8]?, mask: UInt64, restorer: UInt64
  ) {
    let image = vectors.map(Self.image) ?? []
    let place = (top &- UInt64(image.count)) & ~63
    // As a call leaves the stack.
    address = (place &- UInt64(Self.size)) & ~15 &- 8
    // Which parts are valid: vector registers, and the segment of the stack, to the letter.
    let flags: UInt64 = 0b111
    // No such state of an alternate stack: what the thread has stays.
    let unchangedStack: [UInt64] = [0, 0x40, 0]
    let segments = registers[17] | registers[20] << 48
    var words = [restorer, flags, 0] + unchangedStack
    words += Self.order.map { registers[$0] }
    words += [segments, 0, 0, 0, 0, image.isEmpty ? 0 : place]
    words += [UInt64](repeating: 0, count: 8)
    words.append(mask)
    var bytes = words.flatMap(Self.bytes)
    if !image.isEmpty {
      bytes += [UInt8](repeating: 0, count: Int(place &- address) - bytes.count)
      bytes += image
    }
    self.bytes = bytes
  }

  /// Of the frame without vector registers, in bytes.
  private static let size = 39 * 8

  /// r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip and the flags, by their numbers with ptrace.
  private static let order = [9, 8, 7, 6, 3, 2, 1, 0, 14, 13, 4, 5, 12, 10, 11, 19, 16, 18]

  /// The vector registers with what the kernel wants to find around them.
  private static func image(_ vectors: [UInt8]) -> [UInt8] {
    // Tiles that are not in use (AMX): where they may not be used there may be no room for them.
    let tiles: UInt64 = 3 << 17
    let hasTiles = vectors.word(at: 512) & tiles != 0
    let size = hasTiles ? vectors.count : min(vectors.count, 2696)
    let features = vectors.word(at: 464) & (hasTiles ? ~0 : ~tiles)
    let (beginning, end): (UInt64, UInt64) = (0x4650_5853, 0x4650_5845)
    let words = [beginning | UInt64(size + 4) << 32, features, UInt64(size), 0, 0, 0]
    return vectors[..<464] + words.flatMap(bytes) + vectors[512..<size] + bytes(end).prefix(4)
  }

  private static func bytes(_ word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
  }
}
