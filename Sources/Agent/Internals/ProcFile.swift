// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Duty: keeping a descriptor open inside somebody else's program.
//
// The program numbers its descriptors as if we were not there: ours is moved to a high number. The
// program may close it (`closerange`), and may then open a file of its own under that number; a
// forked child inherits it, and it still describes the parent. So each reading is checked by its
// shape, and on any surprise the file is opened anew. The old number is never closed: it may be the
// program's by now.

import CAgent
import Synchronization

/// A file of `/proc/self` that stays open between readings.
///
/// Any number of threads may read at once.
struct ProcFile: ~Copyable {
  /// The fork generation in the upper half, the descriptor plus one in the lower; 0 while nothing
  /// is open.
  private let kept = Atomic<UInt64>(0)

  /// Runs `parse` on the kept descriptor, and once more on a fresh one if it answers a negative
  /// number.
  @inline(__always)
  func reading(_ path: StaticString, _ parse: (_ descriptor: Int) -> Int) -> Int {
    let state = kept.load(ordering: .relaxed)
    if state != 0, UInt32(truncatingIfNeeded: state &>> 32) == forkGeneration() {
      let value = parse(Int(truncatingIfNeeded: state & 0xFFFF_FFFF) &- 1)
      if value >= 0 { return value }
    }
    let descriptor = unsafe reopen(path.utf8Start)
    return descriptor < 0 ? descriptor : parse(descriptor)
  }

  @inline(never)
  private func reopen(_ path: UnsafePointer<UInt8>) -> Int {
    watchForks()
    let generation = forkGeneration()
    let opened = unsafe openFile(path)
    if opened < 0 { return opened }
    let descriptor = movedHigh(opened)
    let number = UInt64(truncatingIfNeeded: descriptor &+ 1)
    kept.store(UInt64(generation) &<< 32 | number, ordering: .relaxed)
    return descriptor
  }

}

/// Moves a descriptor out of the way of the program's own numbers, if the limit on descriptors leaves room.
func movedHigh(_ opened: Int) -> Int {
  guard let limit = softLimit(of: descriptorLimit) else { return opened }
  let half = Int(truncatingIfNeeded: min(limit / 2, 400))
  if half <= opened { return opened }
  let moved = kernel(Int32(SYS_fcntl), opened, Int(F_DUPFD_CLOEXEC), half)
  if moved < 0 { return opened }
  closeFile(opened)
  return moved
}

/// `RLIMIT_NOFILE`, which is an enumeration in C and 7 on every Linux but MIPS, SPARC and Alpha.
private let descriptorLimit = 7

/// The files that describe this process, as seen through one table of descriptors.
struct SelfFiles: ~Copyable {
  let statm = ProcFile()
  let stat = ProcFile()
  let status = ProcFile()
  let rollup = ProcFile()
}

/// The files of this process in the program's own table of descriptors.
let programFiles = SelfFiles()
