// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Completes a capture when its process has ended: how that was, and the texts of the lines in it; then
/// packs it.
///
/// The file is a valid capture at every instant: what is new stands behind what is counted, and is
/// counted last; the packed form takes its place when it is whole. Doing it twice, or again after it was
/// interrupted, does no harm.
package enum Sealing {
  /// What a process leaves to whoever waits for it.
  package enum Exit: Equatable, Sendable {
    case status(Int32)
    case signal(Int32)

    /// `CaptureHeader.exitKind` and `exitStatus`.
    var words: (kind: Int32, status: Int32) {
      switch self {
      case .status(let status): (CaptureExit.exited, status)
      case .signal(let signal): (CaptureExit.killed, signal)
      }
    }
  }

  /// The most that texts may take, in bytes.
  static let mostBytes = 8 << 20
  /// The least that is packed, in bytes: of what is smaller there is nothing to be gained.
  static let leastPacked = 1 << 20

  /// Seals a file; how many lines' texts were added.
  ///
  /// A tree's folder is joined to one file.
  /// A file that was changed after the recording began is left out: its text may not be what ran. `given` are
  /// those that are on no disk, `title` stands in place of the command line; both are for captures of one
  /// process.
  @discardableResult
  package static func seal(
    path: String, exit: Exit?, withSources: Bool = true, given: GivenSources = GivenSources(),
    title: String? = nil, packing least: Int = leastPacked,
    disk: (String) -> SourceFile? = SourceFile.init(path:)
  ) throws(CaptureFailure) -> Int {
    if let family = try Family.open(path) {
      return try family.seal(path, exit: exit, withSources: withSources, disk: disk)
    }
    var capture = try Capture(single: path)
    let processID = Int(capture.header.processID)
    if capture.header.state == CaptureState.recording, Ending.isMapped(path, by: processID) {
      throw .stillRecording(processID: processID)
    }
    let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotWrite(SystemError.last()) }
    defer { close(descriptor) }
    if capture.header.isPacked {
      if let exit { try TableWriter.write(exit, to: descriptor) }
      return 0
    }
    var added = 0
    if !capture.isCutShort {
      var writer = TableWriter(descriptor: descriptor, header: capture.header)
      let naming = CellNaming(sources: given, title: title)
      if try naming.apply(to: capture, &writer) { capture = try Capture(single: path) }
      if withSources, capture.header.counts[CaptureTable.sources.rawValue] <= 1 {
        let folder = capture.folder
        let lines = SourceChoice.lines(of: capture, most: mostBytes) { path in
          given.source(path, in: folder) ?? disk(path)
        }
        if !lines.isEmpty, try writer.append(lines) { added = lines.count }
      }
    }
    if let exit { try TableWriter.write(exit, to: descriptor) }
    CaptureSwap.pack(path, descriptor: descriptor, least: least)
    return added
  }
}
