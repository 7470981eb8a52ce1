// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the system says of the call that has just failed.
enum SystemError {
  static func last() -> String { unsafe String(cString: strerror(errno)) }
}
