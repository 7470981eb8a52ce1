// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Duty: the only place where the agent's memory readings meet libc and the kernel. Everything here
// is one line deep, allocates nothing, and answers as the kernel does: a value that is not
// negative, or minus the error number. The program's errno stays as it was.

import CAgent

/// Calls the kernel, again when a signal interrupted it.
@inline(__always)
func kernel(
  _ number: Int32, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0,
  _ f: Int = 0
) -> Int {
  var result: Int
  repeat {
    result = peakline_syscall(Int(number), a, b, c, d, e, f)
  } while result == 0 &- Int(EINTR)
  return result
}

/// Opens a file; the descriptor is not inherited by programs that this one starts.
///
/// The corresponding C function is `openat`.
@inline(__always)
func openFile(
  _ path: UnsafePointer<UInt8>, _ flags: Int32 = O_RDONLY, in directory: Int = Int(AT_FDCWD)
) -> Int {
  kernel(
    Int32(SYS_openat), directory, Int(bitPattern: path), Int(flags | O_CLOEXEC | O_NOCTTY))
}

/// Closes a descriptor that is certainly ours.
///
/// The corresponding C function is `close`.
@inline(__always)
func closeFile(_ descriptor: Int) {
  _ = peakline_syscall(Int(SYS_close), descriptor, 0, 0, 0, 0, 0)
}

/// Reads from a place in a file without moving the file's own position.
///
/// The corresponding C function is `pread`.
@inline(__always)
func readFile(
  _ descriptor: Int, into bytes: UnsafeMutablePointer<UInt8>, count: Int, at offset: Int
) -> Int {
  kernel(Int32(SYS_pread64), descriptor, Int(bitPattern: bytes), count, offset)
}

/// Maps fresh private memory, or answers nil when there is none.
///
/// The corresponding C function is `mmap`.
@inline(__always)
func mapMemory(_ count: Int) -> UnsafeMutableRawPointer? {
  let address = kernel(
    Int32(SYS_mmap), 0, count, Int(PROT_READ | PROT_WRITE), Int(MAP_PRIVATE | MAP_ANONYMOUS), -1, 0)
  return address < 0 ? nil : unsafe UnsafeMutableRawPointer(bitPattern: address)
}

/// Asks for small pages only, so that what is touched becomes resident and nothing beside it.
///
/// The corresponding C function is `madvise`.
@inline(__always)
func refuseHugePages(_ base: UnsafeMutableRawPointer, _ count: Int) {
  _ = kernel(Int32(SYS_madvise), Int(bitPattern: base), count, Int(MADV_NOHUGEPAGE))
}

/// Gives mapped memory back.
///
/// The corresponding C function is `munmap`.
@inline(__always)
func unmapMemory(_ base: UnsafeMutableRawPointer, _ count: Int) {
  _ = kernel(Int32(SYS_munmap), Int(bitPattern: base), count)
}

/// The soft limit on one of the process's resources (`RLIMIT_…`), or nil where it is not told.
///
/// The corresponding C function is `getrlimit`.
@inline(__always)
func softLimit(of resource: Int) -> UInt64? {
  var limit = (UInt64(0), UInt64(0))
  let answer = unsafe withUnsafeMutablePointer(to: &limit) {
    kernel(Int32(SYS_prlimit64), 0, resource, 0, Int(bitPattern: $0))
  }
  return answer < 0 ? nil : limit.0
}

/// The number of this process, which is also that of its main thread.
///
/// The corresponding C function is `getpid`.
@inline(__always)
func processNumber() -> Int {
  kernel(Int32(SYS_getpid))
}

/// Nanoseconds of a clock: `CLOCK_MONOTONIC` for deadlines, `CLOCK_REALTIME` for what people read.
@inline(__always)
func nanoseconds(of clock: Int32) -> Int {
  var time = timespec()
  _ = unsafe clock_gettime(clock, &time)
  return Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
}

/// Lets another thread run.
@inline(__always)
func yieldProcessor() {
  _ = peakline_syscall(Int(SYS_sched_yield), 0, 0, 0, 0, 0, 0)
}

/// Waits, with nothing to be done meanwhile.
func sleep(nanoseconds: Int) {
  var time = timespec(tv_sec: 0, tv_nsec: nanoseconds)
  _ = unsafe withUnsafeMutablePointer(to: &time) {
    peakline_syscall(Int(SYS_nanosleep), Int(bitPattern: $0), 0, 0, 0, 0, 0)
  }
}

/// The size of a page of memory, in bytes.
@inline(__always)
func pageSize() -> Int {
  Int(sysconf(Int32(_SC_PAGESIZE)))
}
