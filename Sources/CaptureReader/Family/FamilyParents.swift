// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Who started whom in a tree.
enum FamilyParents {
  /// Notes of each process, all in the order of their beginnings, the one that started it: of those with
  /// its parent's number, which may have been used again, the last that had begun by then.
  static func find(_ processes: inout [CaptureProcess]) {
    var latest: [UInt32: Int] = [:]
    for index in processes.indices {
      let header = processes[index].header
      let known = latest[header.parentID]
      if header.parentID != header.processID { processes[index].parent = known }
      latest[header.processID] = index
    }
  }
}
