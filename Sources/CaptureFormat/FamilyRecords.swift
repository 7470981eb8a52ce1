// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// One file for a whole tree of processes: a header with the figures of all together, what is said here
// of the members, then their captures, each whole and in either form. docs/format.md draws it.

/// Facts of a tree's folder and of its file.
package enum FamilyForm {
  /// What `CaptureHeader.version` is in a tree's file.
  package static let version: UInt32 = 3
  /// Where in the file the members are described: behind the header.
  package static let start = MemoryLayout<CaptureHeader>.size
  /// Where the entries of the members stand; behind them the text of what is not recorded.
  package static let membersStart = start + MemoryLayout<FamilyHeader>.size
  /// More are not read, nor written.
  package static let mostMembers = 1 << 16
  /// The most bytes of the text of what is not recorded.
  package static let mostUnrecorded = 1 << 20
  /// What that text is called in the folder: lines "PROCESS REASON PATH".
  package static let unrecorded = "unrecorded"
  /// How the names of captures in the folder end.
  package static let suffix = ".peakline"
}

/// What stands behind the header of a tree's file.
package struct FamilyHeader: BitwiseCopyable, Sendable {
  /// Bytes of the file, from the header's first on.
  package var length: UInt64 = 0
  /// Of what follows, up to the first member: as the packed form's.
  package var checksum: UInt64 = 0
  /// How many members, and how many bytes of text of what is not recorded.
  package var members: UInt32 = 0
  package var unrecorded: UInt32 = 0
  /// As it was when the last process had ended.
  package var joint = JointPage()

  package init() {}
}

/// A member of a tree's file: the capture of one process image.
package struct FamilyMember: BitwiseCopyable, Sendable {
  /// Its first byte in the file, behind those of the members before, and how many it has.
  package var offset: UInt64 = 0
  package var length: UInt64 = 0
  /// Its name in the folder: the number of the process, and 1 for the first image that had it.
  package var process: UInt32 = 0
  package var image: UInt32 = 1

  package init() {}
}
