// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What of a process's memory is sampled, all of it by the kernel's own account.
enum Measure: String, CaseIterable, ExpressibleByArgument {
  /// Pages in memory, shared ones in full.
  case rss
  /// Pages in memory, shared ones by their share.
  case pss
  /// Pages in memory that no other process has.
  case uss
  /// What was moved to swap.
  case swap

  /// Also under memory_profiler's names.
  init?(argument: String) {
    switch argument {
    case "psutil", "posix", "rss": self = .rss
    case "psutil_pss", "pss": self = .pss
    case "psutil_uss", "uss": self = .uss
    case "swap": self = .swap
    default: return nil
    }
  }

  /// All words that name one.
  static let names = [
    "psutil", "psutil_pss", "psutil_uss", "posix", "rss", "pss", "uss", "swap",
  ]

  /// The word for Python's side, which stamps the memory at the start and the end of calls.
  var pythonName: String {
    switch self {
    case .pss: "psutil_pss"
    case .uss: "psutil_uss"
    case .rss, .swap: "psutil"
    }
  }

  /// Whether the kernel keeps a high-water mark of it.
  var hasHighWaterMark: Bool { self == .rss }
}
