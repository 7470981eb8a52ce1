// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

@_exported import CaptureFormat

/// A capture in memory, as safe to use as an array.
///
/// Whatever the file held: every parent is smaller than its child, every index points into its table
/// or is 0, the first entries are there and blank, numbers are finite and far from overflow. What it costs: the size of the tables.
package struct Capture: Sendable {
  package var header: CaptureHeader
  package var texts: Texts
  package var functions: [CaptureFunction]
  package var stacks: [CaptureStack]
  package var counters: [CaptureCounters]
  package var threads: [CaptureThread]
  /// In the order of time, each once.
  package var moments: [CaptureMoment]
  /// As the file has them.
  package var changes: [CaptureChange]
  package var sources: [CaptureSource]
  /// In the order in which they began.
  package var marks: [CaptureMark] = []
  /// Bytes of the file.
  package var fileSize: Int
  /// The processes of a tree, whose captures were merged into this one, in the order of their
  /// beginnings; none where it is of one process.
  package var processes: [CaptureProcess] = []
  /// Processes of the tree that could not be recorded.
  package var unrecorded: [UnrecordedProcess] = []
  /// Captures of the tree's processes that cannot be read, and are in no figure.
  package var unread: [UnreadProcess] = []
  /// What the processes of the tree shared.
  package var joint: JointPage?
  /// Entries that pointed nowhere or held no number.
  package var damagedEntries = 0
  /// Whether the file is shorter than its header says.
  package var isCutShort = false

  package var isSampled: Bool { header.mode == CaptureMode.sampled }

  /// How long it was recorded, in seconds.
  package var duration: Double { Double(max(0, header.lastMoment)) / 1e9 }

  /// The command line, and the folder it ran in.
  package var command: String { texts[header.command] }
  package var folder: String { texts[header.folder] }
}
