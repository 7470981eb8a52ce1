// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What the processes of a tree share while they are recorded: a file that each of them has mapped. It
// knows how much all of them together have in use, and when that was most.

/// The beginning of the file.
package struct JointPage: BitwiseCopyable, Sendable {
  /// "PEAKTREE" as the first eight bytes.
  package static let magic: UInt64 = 0x4545_5254_4B41_4550
  /// What the file is called in the folder of a tree's captures.
  package static let path: StaticString = "joint"
  /// Bytes of the file.
  package static let size = 1 << 18
  /// Where the slots stand, and how many there are: more processes at once are not in the joint figures.
  package static let slotsOffset = 4096
  package static let slotCount = (size - slotsOffset) / MemoryLayout<JointSlot>.stride
  /// What a process has in use may be so many bytes more or less than it has said.
  package static let batch = 1 << 16

  package var magic = JointPage.magic
  /// Bytes in use by all processes, as they have said; and the most there were at once, and when, in
  /// nanoseconds of the monotonic clock.
  package var total: Int = 0
  package var peak: Int = 0
  package var peakMoment: Int = 0
  /// Counts the peaks of the tree, as `CaptureHeader.peakEpoch` does those of a process.
  package var epoch: UInt32 = 0
  /// Not 0: nobody waits for the processes any more, and they end their recordings.
  package var isOver: UInt32 = 0
  /// Slots that were ever taken: those from there on are blank.
  package var slots: Int = 0
  /// Processes that found no slot, and those that could not make a file for their capture.
  package var withoutSlot: Int = 0
  package var withoutFile: Int = 0

  // Where these stand, for who changes them while others do.
  package static let totalOffset = 8
  package static let peakOffset = 16
  package static let peakMomentOffset = 24
  package static let epochOffset = 32
  package static let isOverOffset = 36
  package static let slotsInUseOffset = 40
  package static let withoutSlotOffset = 48
  package static let withoutFileOffset = 56

  package init() {}
}

/// What one process has said.
package struct JointSlot: BitwiseCopyable, Sendable {
  /// Its number, and in the upper half its namespace of them as in `CaptureHeader`; 0: the slot is free.
  package var process: Int = 0
  /// Bytes of it that are in `JointPage.total`.
  package var said: Int = 0
  /// Cache lines are not shared.
  package var reserved: InlineArray<6, Int> = InlineArray(repeating: 0)

  package static let saidOffset = 8

  package init() {}
}
