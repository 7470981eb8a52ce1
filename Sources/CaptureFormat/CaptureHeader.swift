// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What is recorded: every allocation, or a sample.
package enum CaptureMode {
  package static let sampled: UInt32 = 0
  package static let exact: UInt32 = 1
}

/// How far a recording has come.
package enum CaptureState {
  /// The process records, or it was killed.
  package static let recording: UInt32 = 1
  /// The process ended in the ordinary way.
  package static let ended: UInt32 = 2
  /// The recording was stopped while the process went on.
  package static let stopped: UInt32 = 3
}

/// Whether Python's stacks are in a capture, and why not.
package enum CaptureStacks {
  /// No interpreter was seen.
  package static let noPython: UInt32 = 0
  package static let recorded: UInt32 = 1
  /// An interpreter of a version that is not known.
  package static let unknownVersion: UInt32 = 2
  /// The interpreter's frames are not as its version says.
  package static let notProved: UInt32 = 3
}

/// Bits of `CaptureHeader.flags`.
package enum CaptureFlags {
  /// The agent was there from the process's start.
  package static let preloaded: UInt32 = 1
  /// Python's small objects are recorded one by one.
  package static let smallObjects: UInt32 = 2
  /// The file was cut off by others while it was written.
  package static let truncated: UInt32 = 4
  /// The allocator serves C++'s operators past malloc: they are not in the figures.
  package static let hidesObjects: UInt32 = 8
  /// Only what was allocated since it began counts: what there was before is in no figure, nor is its end.
  package static let onlyNew: UInt32 = 16
  /// The process was forked from one that was recorded: only what it allocated itself counts.
  package static let forked: UInt32 = 32
  /// Of a tree's file: its captures were made apart, and the joint peak was found from their timelines.
  ///
  /// `step` is how long the stretch is that it was in, `peakBound` how much lower it may have been.
  package static let joined: UInt32 = 64
}

/// How a process ended, as whoever waited for it has written.
package enum CaptureExit {
  package static let unknown: Int32 = 0
  /// `exitStatus` is what it returned.
  package static let exited: Int32 = 1
  /// `exitStatus` is the signal.
  package static let killed: Int32 = 2
}

/// The beginning of a capture.
///
/// `counts` and what the agent goes on writing may be ahead of each other by one event where a process
/// was killed.
package struct CaptureHeader: BitwiseCopyable, Sendable {
  package var magic = CaptureFormat.magic
  package var version = CaptureFormat.version
  package var chunkSize = UInt32(CaptureFormat.chunkSize)
  /// Chunks of the file, the first included; each is in the directory before it is counted here.
  package var chunks: UInt32 = 1
  package var mode = CaptureMode.sampled
  package var state = CaptureState.recording
  package var stacks = CaptureStacks.noPython
  package var flags: UInt32 = 0
  /// Version of the interpreter as in `sys.hexversion`; 0 without one.
  package var python: UInt32 = 0
  package var processID: UInt32 = 0
  package var parentID: UInt32 = 0
  /// The command line, its words with blanks between, and the folder it ran in: strings.
  package var command: UInt32 = 0
  package var folder: UInt32 = 0
  package var exitKind = CaptureExit.unknown
  package var exitStatus: Int32 = 0

  /// The mean number of bytes between two samples; 0 in exact mode.
  package var interval: Int = 0
  /// When it began, in nanoseconds since 1970.
  package var startTime: Int = 0
  /// The last moment that was noted.
  package var lastMoment: Int = 0

  /// Bytes in use when the recording began, by the allocators' own account: part of `live` and `peak`.
  package var baseline: Int = 0
  /// Bytes in use as last noted, and the most there were at once.
  package var live: Int = 0
  package var peak: Int = 0
  package var peakMoment: Int = 0
  /// Counts the peaks: what was not touched since the last one holds as much now as then.
  package var peakEpoch: UInt64 = 0
  /// The peak may have been higher by so many bytes: what threads had not reported.
  package var peakBound: Int = 0
  /// Resident bytes at the peak, without the agent's own; 0 if not known.
  package var residentAtPeak: Int = 0

  /// Bytes allocated and freed, and blocks allocated, of all threads, as last noted.
  package var allocated: Int = 0
  package var freed: Int = 0
  package var allocations: Int = 0

  /// Entries of each table that are in use, by its number; of strings, the table's length in fours.
  package var counts: InlineArray<16, UInt32> = InlineArray(repeating: 0)

  /// What could not be recorded: blocks, for want of room in the file or under its limit, for want of
  /// disk, for want of memory, and because a signal handler came in between.
  package var droppedForRoom: Int = 0
  package var droppedForDisk: Int = 0
  package var droppedForMemory: Int = 0
  package var droppedForNesting: Int = 0
  /// Entries of the timeline that were dropped.
  package var droppedChanges: Int = 0
  /// Private memory that the agent uses for live blocks and caches, in bytes.
  package var agentBytes: Int = 0
  /// Bytes that the file may grow to.
  package var limit: Int = 0
  /// Milliseconds that one step of the timeline stands for at present.
  package var step: UInt32 = 0
  /// How many blocks are live, as last noted (sampled mode: samples).
  package var liveBlocks: UInt32 = 0

  /// When it began by the machine's monotonic clock, in nanoseconds: the clock that all processes of a
  /// tree have in common.
  package var begin: Int = 0
  /// Bytes that a forked process has from its parent: they are in no figure of its own.
  package var inherited: Int = 0
  /// The last peak of the whole tree that was met (`JointPage.epoch`); 0 outside of trees.
  package var jointEpoch: UInt32 = 0
  package static let jointEpochOffset = 312
  /// In which namespace of process numbers it ran: the number of the kernel's file for that; 0 if not known.
  package var namespace: UInt32 = 0

  package init() {}
}
