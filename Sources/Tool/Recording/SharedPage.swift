// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureFormat
import Glibc
import Synchronization

/// The page that the processes of a recorded tree share, as `peakline record` sees it.
///
/// What is written here is written atomically, as by the agents in the processes.
@safe struct SharedPage: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer

  /// Maps the page of a folder; nil where that cannot be.
  init?(folder: String) {
    let file = unsafe open("\(folder)/\(JointPage.name)", O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    guard lseek(file, 0, SEEK_END) >= off_t(JointPage.size) else { return nil }
    let mapped = unsafe mmap(nil, JointPage.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return nil }
    unsafe base = mapped
  }

  // Safe: `offset` is below the size of the page, and a multiple of the word's size.
  private func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<Int>> {
    unsafe (base + offset).assumingMemoryBound(to: Atomic<Int>.self)
  }

  private func slot(_ index: Int) -> Int {
    JointPage.slotsOffset + index * MemoryLayout<JointSlot>.stride
  }

  /// The processes that have a slot and whose numbers are known here: by these, and which it is.
  func processes() -> [(process: pid_t, slot: Int)] {
    let count = unsafe word(JointPage.slotsInUseOffset).pointee.load(ordering: .acquiring)
    return (0..<max(0, min(count, JointPage.slotCount))).compactMap { index in
      let owner = unsafe word(slot(index)).pointee.load(ordering: .acquiring)
      let process = pid_t(truncatingIfNeeded: owner & 0x7FFF_FFFF)
      let isHere = ProcessNamespace.isOurs(UInt32(truncatingIfNeeded: owner >> 32))
      return process > 0 && isHere ? (process, index) : nil
    }
  }

  /// Takes a process out that has ended without doing so itself.
  func release(_ process: pid_t, slot index: Int) {
    let said = unsafe word(slot(index) + JointSlot.saidOffset)
    let owner = unsafe word(slot(index)).pointee.load(ordering: .acquiring)
    guard pid_t(truncatingIfNeeded: owner & 0x7FFF_FFFF) == process else { return }
    let bytes = unsafe said.pointee.exchange(0, ordering: .acquiringAndReleasing)
    unsafe word(JointPage.totalOffset).pointee.wrappingSubtract(
      bytes, ordering: .acquiringAndReleasing)
    _ = unsafe word(slot(index)).pointee.compareExchange(
      expected: owner, desired: 0, ordering: .acquiringAndReleasing)
  }

  /// Has all processes that still record end that.
  func end() {
    // Safe: as above, of four bytes.
    unsafe (base + JointPage.isOverOffset).assumingMemoryBound(to: Atomic<UInt32>.self).pointee
      .store(1, ordering: .releasing)
  }
}
