// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The memory of any process that /proc shows.

import CAgent

/// Bytes of a process, or minus the error number: `ESRCH` when it has ended (a zombie has no
/// memory), `EACCES` when it is not ours to see.
func memory(of process: Int, _ metric: MemoryMetric) -> Int {
  if metric == .resident {
    let file = openProc(process, "/statm")
    if file < 0 { return gone(file) }
    defer { closeFile(file) }
    let pages = statmPages(file)
    return pages <= 0 ? gone(pages) : pages &* pageSize()
  }
  var file = openProc(process, "/smaps_rollup")
  if file == 0 &- Int(ENOENT) { file = openProc(process, "/smaps") }
  if file < 0 { return gone(file) }
  defer { closeFile(file) }
  var rollup = MemoryRollup()
  let answer = readRollup(file, into: &rollup)
  if answer < 0 { return gone(answer) }
  return metric == .unique ? rollup.uss : rollup.pss
}

/// The error of a failed reading: everything but a refusal means that the process is not there.
@inline(__always)
private func gone(_ error: Int) -> Int {
  let refused = error == 0 &- Int(EACCES) || error == 0 &- Int(EPERM)
  return 0 &- Int(refused ? EACCES : ESRCH)
}
