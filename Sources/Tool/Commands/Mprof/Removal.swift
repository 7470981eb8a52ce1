// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `mprof rm` and `mprof clean` have in common.
enum Removal {
  static func remove(_ names: [String], isRehearsal: Bool, withStamps: Bool) throws(Failure) {
    if isRehearsal {
      write("Files to be removed: ", to: STDOUT_FILENO)
      for name in names { write(name, to: STDOUT_FILENO) }
      return
    }
    for name in names {
      if unsafe unlink(name) != 0, errno != ENOENT {
        throw .mprof(.cannotRemove(path: name, reason: unsafe String(cString: strerror(errno))))
      }
      guard withStamps, name.hasSuffix(".dat") else { continue }
      unsafe unlink(name.dropLast(4) + "_ts.dat")
    }
  }
}
