// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Bytes in zlib's form, which a browser unpacks by itself (`DecompressionStream("deflate")`).
enum Deflate {
  /// The packed form; what cannot be packed for want of memory is stored as it is, in the same form.
  static func packed(_ bytes: [UInt8]) -> [UInt8] {
    var length = compressBound(uLong(bytes.count))
    let packed = unsafe [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
      // Safe: the buffer has `length` bytes, of which zlib writes as many as it says.
      let answer = unsafe compress2(buffer.baseAddress, &length, bytes, uLong(bytes.count), 6)
      count = answer == Z_OK ? Int(length) : 0
    }
    return packed.isEmpty ? stored(bytes) : packed
  }

  /// RFC 1950 and 1951: blocks of at most 65,535 bytes, and Adler-32.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x78, 0x01]
    var place = 0
    repeat {
      let part = bytes[place..<min(place + 65_535, bytes.count)]
      place = part.endIndex
      let (low, high) = (UInt8(part.count & 255), UInt8(part.count >> 8))
      result += [place == bytes.count ? 1 : 0, low, high, ~low, ~high]
      result += part
    } while place < bytes.count
    let sum = unsafe adler32(1, bytes, uInt(bytes.count))
    return result + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
  }
}

/// Bytes as text: Base64 (RFC 4648).
enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func text(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      var word = 0
      for byte in part { word = word << 8 | Int(byte) }
      word <<= 8 * (3 - part.count)
      for digit in 0..<4 {
        let isFilled = digit <= part.count
        result.append(
          isFilled ? letters[word >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
