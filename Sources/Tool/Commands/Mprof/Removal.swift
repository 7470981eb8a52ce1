// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `mprof rm` and `mprof clean` have in common.
enum Removal {
  /// Removes files, or says which it would remove; one that cannot be does not keep the others.
  static func remove(_ names: [String], isRehearsal: Bool, withStamps: Bool) throws(Failure) {
    if isRehearsal {
      write("Files to be removed: ", to: STDOUT_FILENO)
      for name in names { write(name, to: STDOUT_FILENO) }
      return
    }
    var failure: Failure?
    for name in names {
      if unsafe unlink(name) != 0, errno != ENOENT {
        let reason = unsafe String(cString: strerror(errno))
        if let failure { write("\(failure)", to: STDERR_FILENO) }
        failure = .mprof(.cannotRemove(path: name, reason: reason))
      } else if withStamps, name.hasSuffix(".dat") {
        unsafe unlink(name.dropLast(4) + "_ts.dat")
      }
    }
    if let failure { throw failure }
  }
}
