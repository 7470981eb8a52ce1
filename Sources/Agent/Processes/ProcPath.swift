// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Paths below /proc/PID, put together in the caller's stack.

/// Opens `/proc/PID/name` for reading; the caller closes it.
///
/// Minus the error number where that is not possible.
@inline(__always)
func openProc(_ process: Int, _ name: StaticString) -> Int {
  unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
    guard let path = buffer.baseAddress else { return -1 }
    var position = 0
    unsafe write("/proc/", to: path, at: &position)
    unsafe write(process, to: path, at: &position)
    unsafe write(name, to: path, at: &position)
    unsafe path[position] = 0
    return unsafe openFile(path)
  }
}
