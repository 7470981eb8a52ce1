// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A function, or another piece of code that has a name: a module's top level, a class's body.
package struct CaptureFunction: BitwiseCopyable, Sendable {
  /// Its qualified name (CPython 3.10: its name), and its file as Python names it: strings.
  package var name: UInt32 = 0
  package var file: UInt32 = 0
  /// Where it begins in the file.
  package var firstLine: UInt32 = 0
  package var reserved: UInt32 = 0

  package init() {}
}

/// Where in a stack control stood: a line of a function, called from another stack's line.
///
/// Stacks form a tree. Two with the same parent, function and line are one to whoever looks: the agent
/// tells instructions apart, not lines.
package struct CaptureStack: BitwiseCopyable, Sendable {
  /// The stack that called: a smaller index than its own; 0 for a thread.
  package var parent: UInt32 = 0
  /// The function; 0 for a thread, whose own counters are what it allocates outside of Python.
  package var function: UInt32 = 0
  /// The line in the function's file; of a thread, its index in the table of threads.
  package var line: UInt32 = 0
  /// What was allocated with this stack: an index of counters, or 0 if nothing was.
  package var counters: UInt32 = 0

  package init() {}
}

/// What was allocated with one stack.
///
/// In a sampled capture these are estimates: a block of `n` bytes is sampled with the probability
/// `p = 1 - exp(-n / interval)`, and counts as `n / p` bytes and `1 / p` blocks.
package struct CaptureCounters: BitwiseCopyable, Sendable {
  /// Bytes and blocks that are allocated and not freed.
  package var live: Int = 0
  package var liveBlocks: Double = 0
  /// The same as of the peak numbered `epoch`; if the header's `peakEpoch` is a later one, nothing was
  /// touched since then, and `live`, `liveBlocks` and `liveVariance` are those of the peak.
  package var atPeak: Int = 0
  package var blocksAtPeak: Double = 0
  package var epoch: UInt64 = 0
  /// All there ever was.
  package var allocated: Int = 0
  package var allocations: Double = 0
  /// The stack that this is about.
  package var stack: UInt32 = 0
  /// When it was last touched: the beginning of a step of the timeline, in milliseconds.
  package var step: UInt32 = 0

  /// Bytes and blocks that were freed before their thread allocated anything else.
  package var temporary: Int = 0
  package var temporaryBlocks: Double = 0
  /// Variances of the estimates of bytes, each the sum of `n² (1 - p) / p²` over the blocks that it is
  /// made of; 0 in an exact capture.
  package var liveVariance: Double = 0
  package var varianceAtPeak: Double = 0
  package var allocatedVariance: Double = 0
  /// The agent's own, while it thins the timeline.
  package var lastKept: UInt32 = 0
  /// The agent's own, too: 1 while a thread changes this entry.
  package var isHeld: UInt32 = 0
  package static let heldOffset = 108
  /// Bytes and blocks at the peak of the whole tree that is numbered `jointEpoch`; where the tree has had
  /// a later one, nothing was touched since.
  package var atJoint: Int = 0
  package var jointEpoch: UInt32 = 0
  package var blocksAtJoint: Float = 0

  package init() {}
}

/// A thread.
package struct CaptureThread: BitwiseCopyable, Sendable {
  /// The kernel's number of it.
  package var number: UInt32 = 0
  /// Its name, as Python's `threading` or the kernel has it: a string.
  package var name: UInt32 = 0
  /// When it was first seen to allocate.
  package var firstMoment: Int = 0

  package init() {}
}

/// How much was in use until a moment.
package struct CaptureMoment: BitwiseCopyable, Sendable {
  package var moment: Int = 0
  /// Bytes in use until then, and the most since the moment before.
  package var live: Int = 0
  package var highest: Int = 0
  /// The resident set without the agent's own part, in bytes; 0 if it was not read.
  package var resident: Int = 0

  package init() {}
}

/// What one stack held until a moment.
///
/// A stack that is touched for the first time in a step leaves here what it held before. So at any
/// moment `t` it held what its first change after `t` says, or, if there is none, what it holds now;
/// to within one step. Of two changes until the same moment the one that stands first in the table counts.
package struct CaptureChange: BitwiseCopyable, Sendable {
  /// An index of counters.
  package var counters: UInt32 = 0
  /// Until when, in milliseconds since the recording began.
  package var until: UInt32 = 0
  package var live: Int = 0

  package init() {}
}

/// What the program itself said of a moment, or of a stretch of time (`peakline.mark`).
package struct CaptureMark: BitwiseCopyable, Sendable {
  /// When it began and ended; the same of a moment, and of a stretch that has not ended.
  package var begin: Int = 0
  package var end: Int = 0
  /// What it is called: a string.
  package var name: UInt32 = 0
  /// The process that said so.
  package var processID: UInt32 = 0

  package init() {}

  /// Of more than that, the first are kept.
  package static let most = 4096
}

/// The text of a line that is in the capture.
package struct CaptureSource: BitwiseCopyable, Sendable {
  /// The file and the line's text without its newline: strings.
  package var file: UInt32 = 0
  package var text: UInt32 = 0
  package var line: UInt32 = 0
  package var reserved: UInt32 = 0

  package init() {}
}
