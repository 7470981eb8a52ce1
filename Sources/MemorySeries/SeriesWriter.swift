// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// An amount of memory as the kernel states it.
package struct Kibibytes: Comparable, Hashable, Sendable {
  package var count: Int

  package init(_ count: Int) { self.count = count }

  package static func < (left: Kibibytes, right: Kibibytes) -> Bool { left.count < right.count }

  package static func + (left: Kibibytes, right: Kibibytes) -> Kibibytes {
    Kibibytes(left.count &+ right.count)
  }
}

/// A moment of the wall clock, by which the records of several processes are put side by side.
package struct WallTime: Equatable, Sendable {
  package var nanosecondsSinceEpoch: Int

  package init(nanosecondsSinceEpoch: Int) { self.nanosecondsSinceEpoch = nanosecondsSinceEpoch }
}

/// Writes records of an mprof file, byte for byte as memory_profiler does.
///
/// On the sampling path: appends to one buffer that keeps its room, and makes no text. Whoever writes
/// the buffer to a file writes whole lines with one call, because the program appends its own.
package struct SeriesWriter {
  package private(set) var bytes: [UInt8] = []

  package init() { bytes.reserveCapacity(1 << 14) }

  /// Forgets what has been written to the file.
  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  package mutating func command(_ words: [String]) {
    append("CMDLINE ")
    // A newline in an argument would begin a record.
    bytes += CommandLine.text(of: words).utf8.map { $0 == 10 || $0 == 13 ? 32 : $0 }
    bytes.append(10)
  }

  /// Says that the samples of the program have its children's memory in them.
  package mutating func includesChildren() { append("INCLUDES children\n") }

  package mutating func memory(_ amount: Kibibytes, at time: WallTime) {
    append("MEM ")
    figures(amount, time)
  }

  package mutating func child(_ processID: Int32, _ amount: Kibibytes, at time: WallTime) {
    append("CHLD ")
    Decimals.append(Int(processID), decimals: 0, to: &bytes)
    bytes.append(32)
    figures(amount, time)
  }

  package mutating func unseen(_ amount: Kibibytes, at time: WallTime) {
    append("UNSEEN ")
    figures(amount, time)
  }

  private mutating func figures(_ amount: Kibibytes, _ time: WallTime) {
    Decimals.append(Self.millionths(amount), decimals: 6, to: &bytes)
    bytes.append(32)
    Decimals.append((time.nanosecondsSinceEpoch + 50_000) / 100_000, decimals: 4, to: &bytes)
    bytes.append(10)
  }

  /// Millionths of a MiB, of a number that lies in the middle the even one, as C's printf has it.
  private static func millionths(_ amount: Kibibytes) -> Int {
    let sixteenths = amount.count * 15_625
    let (whole, rest) = (sixteenths / 16, sixteenths % 16)
    return rest > 8 || (rest == 8 && whole % 2 == 1) ? whole + 1 : whole
  }

  private mutating func append(_ text: StaticString) {
    // Safe: a static string has as many bytes as it says.
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
