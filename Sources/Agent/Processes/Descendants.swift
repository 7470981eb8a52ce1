// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The descendants of a process. Processes come and go meanwhile; whoever vanishes is simply not in
// the list.

import CAgent

/// A process and all its descendants, the process first, parents before their children.
func family(of process: Int, scanning: Bool = false) -> ProcessList {
  var list = ProcessList(process)
  // The kernel may have been built without the lists of children; then all processes are asked for
  // their parent.
  let probe = unsafe openFile(StaticString("/proc/thread-self/children").utf8Start)
  if probe >= 0 { closeFile(probe) }
  var next = 0
  while next < list.count {
    if probe < 0 || scanning {
      scanForChildren(of: list[next], into: &list)
    } else {
      readChildren(of: list[next], into: &list)
    }
    next = next &+ 1
  }
  return list
}

/// Adds the children that each thread of a process has started.
private func readChildren(of process: Int, into list: inout ProcessList) {
  let directory = openProc(process, "/task")
  if directory < 0 { return }
  defer { closeFile(directory) }
  forEachNumber(in: directory) { thread in
    let file = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
      guard let path = buffer.baseAddress else { return -1 }
      var position = 0
      unsafe write(thread, to: path, at: &position)
      unsafe write("/children", to: path, at: &position)
      unsafe path[position] = 0
      return unsafe openFile(path, in: directory)
    }
    if file < 0 { return }
    readNumbers(file, into: &list)
    closeFile(file)
  }
}

/// Adds the numbers of a file, whose pieces may end in the middle of one.
private func readNumbers(_ file: Int, into list: inout ProcessList) {
  unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { buffer in
    guard let bytes = buffer.baseAddress else { return }
    var value = 0
    while true {
      let got = kernel(Int32(SYS_read), file, Int(bitPattern: bytes), 512)
      if got <= 0 { break }
      var position = 0
      while position < got {
        if unsafe isDigit(bytes[position]) {
          value = unsafe value &* 10 &+ Int(truncatingIfNeeded: bytes[position] &- 48)
        } else {
          if value > 0 { list.append(value) }
          value = 0
        }
        position = position &+ 1
      }
    }
    if value > 0 { list.append(value) }
  }
}

/// Adds every process of the machine whose parent this is.
private func scanForChildren(of process: Int, into list: inout ProcessList) {
  let directory = unsafe openFile(StaticString("/proc").utf8Start)
  if directory < 0 { return }
  defer { closeFile(directory) }
  forEachNumber(in: directory) { candidate in
    if parent(of: candidate) == process { list.append(candidate) }
  }
}

/// The parent of a process, or -1.
private func parent(of process: Int) -> Int {
  let file = openProc(process, "/stat")
  if file < 0 { return -1 }
  defer { closeFile(file) }
  return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { buffer in
    guard let bytes = buffer.baseAddress else { return -1 }
    let got = unsafe readFile(file, into: bytes, count: 512, at: 0)
    // "12 (a name) S 11 …": the name may hold anything, so its end is the last parenthesis.
    var position = got &- 1
    while position > 0, unsafe bytes[position] != 41 { position = position &- 1 }
    position = position &+ 4
    return position < got ? unsafe number(in: bytes, count: got, at: &position) : -1
  }
}
