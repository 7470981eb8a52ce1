// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Makes one file of captures that were made apart: of workers on several machines, of programs that ran
/// side by side.
///
/// It is a tree's file. What its processes had in use together, nobody has noted; it is found from their
/// timelines (`JointEstimate`).
package struct FamilyJoining {
  /// Why it could not be done, and which file that is about.
  package struct Failed: Error {
    package var path: String
    package var failure: CaptureFailure
  }

  private struct Part {
    var name: MemberName
    /// With the beginning by the clock that all have in common.
    var header: CaptureHeader
    var source: ByteSource
    var path: String
  }

  private var parts: [Part] = []
  private var unrecorded: [UnrecordedProcess] = []

  /// Joins captures, or the members of tree's files.
  ///
  /// One alone is copied.
  package static func join(_ paths: [String], to output: String) throws(Failed) {
    var joining = FamilyJoining()
    var sources: [ByteSource] = []
    for path in paths {
      do throws(CaptureFailure) {
        let source = ByteSource.opened(OpenFile(try Capture.open(path)))
        try joining.add(source, path)
        sources.append(source)
      } catch {
        throw Failed(path: path, failure: error)
      }
    }
    if sources.count > 1 { try joining.order() }
    do throws(CaptureFailure) {
      let beside = "\(output).\(getpid()).part"
      let descriptor = unsafe Glibc.open(
        beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard descriptor >= 0 else { throw .cannotWrite(SystemError.last()) }
      do throws(CaptureFailure) {
        defer { close(descriptor) }
        if sources.count == 1 {
          try FileBytes.write(sources[0].contents(), to: descriptor, at: 0)
        } else {
          try joining.write(to: descriptor)
        }
        guard unsafe rename(beside, output) == 0 else { throw .cannotWrite(SystemError.last()) }
      } catch {
        unsafe unlink(beside)
        throw error
      }
    } catch {
      throw Failed(path: output, failure: error)
    }
  }

  // MARK: - What is joined

  private mutating func add(_ source: ByteSource, _ path: String) throws(CaptureFailure) {
    guard let family = try Family.open(source) else {
      var header = try CaptureHeader(checking: source)
      header.mend()
      if header.state == CaptureState.recording, !header.isPacked,
        Ending.isMapped(path, by: Int(header.processID))
      {
        throw .stillRecording(processID: Int(header.processID))
      }
      header.begin = header.startTime
      let name = MemberName(process: max(1, header.processID), image: 1)
      parts.append(Part(name: name, header: header, source: source, path: path))
      return
    }
    if let unread = family.unread.first { throw unread.failure }
    // Within a tree one clock was common: it tells more exactly when each began than the time of day.
    guard let first = family.members.first else { throw .empty }
    for member in family.members {
      guard case .part(let part) = member.place else { continue }
      var header = member.header
      header.begin = first.header.startTime + (header.begin - first.header.begin)
      parts.append(Part(name: member.name, header: header, source: part, path: path))
    }
    unrecorded += family.unrecorded
  }

  /// Puts them in the order of their beginnings, and gives each a name of its own.
  private mutating func order() throws(Failed) {
    parts.sort { ($0.header.begin, $0.name.process) < ($1.header.begin, $1.name.process) }
    guard let first = parts.first?.header.begin else { return }
    var images: [UInt32: UInt32] = [:]
    for index in parts.indices {
      // A second behind the clock's beginning: 0 would be a beginning that is not known.
      parts[index].header.begin += 1_000_000_000 - first
      let process = parts[index].name.process
      let image = images[process, default: 0] + 1
      images[process] = image
      parts[index].name.image = image
    }
    if parts.count > FamilyForm.mostMembers {
      throw Failed(
        path: parts[FamilyForm.mostMembers].path,
        failure: .damaged("there are more than \(FamilyForm.mostMembers) processes before it"))
    }
  }

  // MARK: - The file

  private func write(to descriptor: Int32) throws(CaptureFailure) {
    let text = Array(
      unrecorded.map { "\($0.processID) \($0.reason) \($0.program)\n" }.joined().utf8
        .prefix(FamilyForm.mostUnrecorded))
    var index = FamilyHeader()
    index.members = UInt32(parts.count)
    index.unrecorded = UInt32(text.count)
    var estimating = JointEstimating(parts.map(\.header))
    var place =
      FamilyForm.membersStart + parts.count * MemoryLayout<FamilyMember>.stride + text.count
    var entries: [UInt8] = []
    for part in parts {
      let bytes = try Self.packed(part)
      estimating.add(try Capture(.memory(bytes)), begin: part.header.begin)
      try FileBytes.write(bytes, to: descriptor, at: place)
      var one = FamilyMember()
      one.offset = UInt64(place)
      one.length = UInt64(bytes.count)
      one.process = part.name.process
      one.image = part.name.image
      entries += Packing.raw(one)
      place += bytes.count
    }
    index.length = UInt64(place)
    let estimate = estimating.estimate()
    let first = header(estimate)
    index.joint.total = first.live
    index.joint.peak = estimate.peak
    index.joint.peakMoment = estimate.stretch.lowerBound
    index.joint.epoch = 1
    var bytes = Packing.raw(first) + Packing.raw(index) + entries + text
    index.checksum = Packing.checksum(bytes[Family.summed(bytes.count)])
    bytes.replaceSubrange(FamilyForm.start..<FamilyForm.membersStart, with: Packing.raw(index))
    // Last: until then the file is none.
    try FileBytes.write(bytes, to: descriptor, at: 0)
  }

  /// The header of all together.
  private func header(_ estimate: JointEstimate) -> CaptureHeader {
    let begin = parts[0].header.begin
    var totals = FamilyTotals()
    var header = parts[0].header
    var end = 0
    for part in parts {
      totals.add(part.header, isAtPeak: false, isPassing: false)
      end = max(end, part.header.begin - begin + part.header.lastMoment)
    }
    totals.put(into: &header)
    estimate.put(into: &header)
    header.version = FamilyForm.version
    header.command = 0
    header.folder = 0
    header.counts = InlineArray(repeating: 0)
    header.chunks = 1
    header.peakMoment = max(0, estimate.stretch.lowerBound - begin)
    header.peakEpoch = 1
    header.lastMoment = end
    return header
  }

  /// The bytes of a capture, with the beginning that it has here.
  private static func packed(_ part: Part) throws(CaptureFailure) -> [UInt8] {
    var bytes = part.source.contents()
    if !part.header.isPacked, let packed = Packing.packed(bytes) { bytes = packed }
    guard let offset = MemoryLayout<CaptureHeader>.offset(of: \.begin) else { return bytes }
    bytes.replaceSubrange(offset..<offset + 8, with: Packing.raw(part.header.begin))
    return bytes
  }
}
