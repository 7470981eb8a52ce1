// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The namespace of process numbers that this process is in: of others, a container's for instance, numbers
/// say nothing here.
enum ProcessNamespace {
  /// The number of the kernel's file for it; 0 if not known.
  static let own: UInt32 = {
    var status = stat()
    guard unsafe stat("/proc/self/ns/pid", &status) == 0 else { return 0 }
    return UInt32(truncatingIfNeeded: status.st_ino)
  }()

  /// Whether it is this one; one that is not known is taken for it.
  static func isOurs(_ namespace: UInt32) -> Bool {
    namespace == 0 || own == 0 || namespace == own
  }
}
