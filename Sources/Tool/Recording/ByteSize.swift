// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A size as people write it: `512KiB`, `1.5 GiB`, `64MB`, `4096`.
struct ByteSize: ExpressibleByArgument, Equatable {
  var bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let text = argument.filter { $0 != " " }.lowercased()
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let units = [
      "": 1.0, "b": 1, "k": 1024, "kib": 1024, "kb": 1000, "m": 1_048_576, "mib": 1_048_576,
      "mb": 1_000_000, "g": 1_073_741_824, "gib": 1_073_741_824, "gb": 1_000_000_000,
    ]
    guard let number = Double(digits), let unit = units[String(text.dropFirst(digits.count))],
      number * unit >= 1, number * unit < 1e15
    else { return nil }
    bytes = Int(number * unit)
  }

  var defaultValueDescription: String {
    for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
    where bytes.isMultiple(of: size) && bytes >= size {
      return "\(bytes / size)\(unit)"
    }
    return "\(bytes)"
  }
}
