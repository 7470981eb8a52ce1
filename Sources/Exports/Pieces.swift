// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Bytes on their way out: what is written is handed on, not kept.
struct Pieces {
  private var bytes: [UInt8] = []
  private let take: ([UInt8]) -> Void
  /// Bytes that are kept before they are handed on.
  private static let size = 1 << 16

  init(_ take: @escaping ([UInt8]) -> Void) { self.take = take }

  mutating func append(_ more: some Collection<UInt8>) { bytes += more }

  mutating func append(_ text: String) { bytes += text.utf8 }

  /// To be called now and then, behind a row.
  mutating func endRow() {
    bytes.append(UInt8(ascii: "\n"))
    if bytes.count >= Self.size { handOn() }
  }

  /// To be called last.
  mutating func handOn() {
    guard !bytes.isEmpty else { return }
    take(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
