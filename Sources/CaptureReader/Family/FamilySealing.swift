// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Completes a tree: makes one file of its folder when the root has ended.
///
/// The file is written beside the folder, and takes its place when it is whole. Whatever goes wrong until
/// then leaves the folder as it was.
extension Family {
  /// Joins a tree's folder, or notes in its file how the root ended; how many lines' texts were added.
  @discardableResult
  package static func seal(
    path: String, exit: Sealing.Exit?, withSources: Bool = true,
    disk: (String) -> SourceFile? = SourceFile.init(path:)
  ) throws(CaptureFailure) -> Int {
    try Sealing.seal(path: path, exit: exit, withSources: withSources, disk: disk)
  }

  /// Packs the capture of a process of a tree that has ended, of any size; whether it was packed.
  ///
  /// `endedAt`: when the process was found to be dead, in nanoseconds of the monotonic clock; a capture whose
  /// recording has not ended by itself notes it as its last moment.
  @discardableResult
  package static func pack(member path: String, endedAt: Int? = nil) throws(CaptureFailure) -> Bool
  {
    let descriptor = unsafe Glibc.open(
      path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .cannotWrite(SystemError.last()) }
    defer { close(descriptor) }
    let header = try CaptureHeader(checking: .file(descriptor: descriptor))
    guard !header.isFamily else { throw .damaged("it is a tree in a tree") }
    if let endedAt, header.state == CaptureState.recording {
      let (moment, isOdd) = endedAt.subtractingReportingOverflow(header.begin)
      if !isOdd, moment > header.lastMoment,
        let offset = MemoryLayout<CaptureHeader>.offset(of: \.lastMoment)
      {
        try FileBytes.write(Packing.raw(moment), to: descriptor, at: offset)
      }
    }
    if header.isPacked { return false }
    return CaptureSwap.pack(path, descriptor: descriptor, least: 0)
  }

  func seal(
    _ path: String, exit: Sealing.Exit?, withSources: Bool, disk: (String) -> SourceFile?
  ) throws(CaptureFailure) -> Int {
    let root = FamilyRoot(members)
    guard let last = root.images.last else { return 0 }
    if case .part(let source) = members[last].place {
      if let exit { try Self.write(exit, path, source) }
      FamilySwap.clear(beside: path)
      return 0
    }
    if let running = root.images.first(where: { members[$0].isRunning }) {
      throw .stillRecording(processID: Int(members[running].header.processID))
    }
    let merged = try capture()
    var lines: [SourceText] = []
    if withSources, merged.sources.count <= 1 {
      lines = SourceChoice.lines(of: merged, most: Sealing.mostBytes, disk: disk).map {
        SourceText(file: merged.texts[$0.file], line: $0.line, text: $0.text)
      }
    }
    let contents = FamilyContents(
      family: self, header: merged.header, root: last, exit: exit, lines: lines)
    return try FamilySwap.join(path, contents) ? lines.count : 0
  }

  /// Notes in a tree's file how the root ended, whose capture is that part of it.
  private static func write(
    _ exit: Sealing.Exit, _ path: String, _ source: ByteSource
  ) throws(CaptureFailure) {
    guard case .part(_, let range) = source else { return }
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotWrite(SystemError.last()) }
    defer { close(descriptor) }
    try TableWriter.write(exit, to: descriptor, at: range.lowerBound)
    try TableWriter.write(exit, to: descriptor)
  }
}
