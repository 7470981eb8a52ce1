// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What the processes of a tree have in use together. Each has a slot in a file that all have mapped, and
// says there what it has in use whenever that has changed by a batch. Who makes the sum higher than it ever
// was counts the tree's peaks up, and every process notes for each of its stacks what it held then when it
// touches it next: as with the peak of one process, without a log and without a lock.

import CAgent
import CaptureFormat

/// The file that the processes of a tree share, as one of them sees it.
struct JointTotal {
  /// Where it is mapped, in children too; 0: there is none.
  private var page = 0
  /// This process's slot; 0 while it has none.
  private var slot = 0

  /// What of it is resident here, in bytes: its beginning, and the page of the slot.
  var bytes: Int { page == 0 ? 0 : 8192 }

  /// Whether nobody waits for the processes any more.
  var isOver: Bool { page != 0 && peakline_count_load(page &+ JointPage.isOverOffset) != 0 }

  /// Where the number of the tree's last peak stands; 0 where there is none.
  var epochPlace: Int { page == 0 ? 0 : page &+ JointPage.epochOffset }

  /// Maps the file of a folder; without it, each process is recorded for itself.
  mutating func map(in folder: Int) {
    let file = unsafe openFile(JointPage.path.utf8Start, O_RDWR | O_NOFOLLOW, in: folder)
    if file < 0 { return }
    defer { closeFile(file) }
    // Beyond the end of a file that was cut off, a mapping brings a signal.
    if kernel(Int32(SYS_lseek), file, 0, Int(SEEK_END)) < JointPage.size { return }
    let mapped = kernel(
      Int32(SYS_mmap), 0, JointPage.size, Int(PROT_READ | PROT_WRITE), Int(MAP_SHARED), file, 0)
    if mapped < 0 { return }
    if Ref<UInt64>(known: mapped)[] == JointPage.magic {
      page = mapped
    } else {
      _ = kernel(Int32(SYS_munmap), mapped, JointPage.size)
    }
  }

  /// Takes a slot for this process: the one that it has, if it was another program before.
  mutating func join() {
    slot = 0
    if page == 0 { return }
    let mine = processNumber() | Int(processNamespace()) &<< 32
    slot = slot(of: mine)
    if slot != 0 { return say(0) }
    slot = slot(of: 0, takenBy: mine)
    while slot == 0 {
      let number = peakline_word_add(page &+ JointPage.slotsInUseOffset, 1) &- 1
      if number >= JointPage.slotCount {
        _ = peakline_word_add(page &+ JointPage.slotsInUseOffset, -1)
        _ = peakline_word_add(page &+ JointPage.withoutSlotOffset, 1)
        return
      }
      // Somebody who looked for a free one may have been faster.
      if peakline_word_replace(place(ofSlot: number), 0, mine) != 0 { slot = place(ofSlot: number) }
    }
  }

  private func place(ofSlot number: Int) -> Int {
    page &+ JointPage.slotsOffset &+ number &* MemoryLayout<JointSlot>.stride
  }

  /// The slot of a process, 0: a free one, which `taker` is given; 0 where there is none.
  private func slot(of process: Int, takenBy taker: Int = 0) -> Int {
    let count = min(peakline_word_load(page &+ JointPage.slotsInUseOffset), JointPage.slotCount)
    var number = 0
    while number < count {
      let place = place(ofSlot: number)
      if peakline_word_load(place) == process,
        taker == 0 || peakline_word_replace(place, process, taker) != 0
      {
        return place
      }
      number = number &+ 1
    }
    return 0
  }

  /// In the child of a fork: the slot is its parent's.
  mutating func forgetSlot() { slot = 0 }

  /// Notes a process that could not make a file.
  func countWithoutFile() {
    if page != 0 { _ = peakline_word_add(page &+ JointPage.withoutFileOffset, 1) }
  }

  /// Says what this process has in use; with its recording held.
  func say(_ live: Int) {
    if slot == 0 { return }
    let said = slot &+ JointSlot.saidOffset
    let present = max(0, live)
    let change = present &- peakline_word_load(said)
    if change == 0 { return }
    peakline_word_store(said, present)
    let total = peakline_word_add(page &+ JointPage.totalOffset, change)
    if change > 0 { raisePeak(total) }
  }

  private func raisePeak(_ total: Int) {
    let place = page &+ JointPage.peakOffset
    var peak = peakline_word_load(place)
    if total <= peak { return }
    // First of all, so that as little as may be is touched in between.
    peakline_count_up(page &+ JointPage.epochOffset)
    while total > peak {
      if peakline_word_replace(place, peak, total) != 0 {
        peakline_word_store(page &+ JointPage.peakMomentOffset, nanoseconds(of: CLOCK_MONOTONIC))
        return
      }
      peak = peakline_word_load(place)
    }
  }

  /// Takes this process out: what it has in use is gone with it.
  mutating func leave() {
    if slot == 0 { return }
    say(0)
    peakline_word_store(slot, 0)
    slot = 0
  }
}

/// In which namespace of process numbers this process is: the number of the kernel's file for it; 0 without
/// `/proc`.
func processNamespace() -> UInt32 {
  // As much as a `struct stat`, of which the file's number is the second word.
  var words: InlineArray<32, Int> = InlineArray(repeating: 0)
  let path: StaticString = "/proc/self/ns/pid"
  let failed = unsafe withUnsafeMutableBytes(of: &words) { bytes in
    unsafe kernel(
      Int32(SYS_newfstatat), Int(AT_FDCWD), Int(bitPattern: path.utf8Start),
      Int(bitPattern: bytes.baseAddress), 0)
  }
  return failed < 0 ? 0 : UInt32(truncatingIfNeeded: unsafe words[unchecked: 1])
}
