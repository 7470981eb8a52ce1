// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The threads for which a session is begun, by their numbers in the C interface.
enum SessionScope: Int32 {
  case thisThread = 0
  case allThreads = 1
  /// The one that begins it, and those that start after that.
  case thisAndNewThreads = 2

  init(number: Int32) { self = SessionScope(rawValue: number) ?? .thisThread }
}
