// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The captures of a tree of processes: a folder while it runs, and one file when it has ended.
///
/// Only headers are in memory; captures are read when they are asked for.
package struct Family {
  /// The capture of one process image.
  struct Member {
    var name: MemberName
    var header: CaptureHeader
    /// Whether its process still writes to it.
    var isRunning: Bool
    /// Made apart from others, which may be of another machine and have the same number by chance.
    var isApart = false
    /// Bytes of it, and where they are.
    var size: Int
    var place: Place
  }

  enum Place {
    case file(String)
    case part(ByteSource)
  }

  /// What the processes shared; nil where a folder does not have it.
  var joint: JointPage?
  /// Of captures that were made apart, how their joint peak was found; nil for a tree.
  var estimate: JointEstimate?
  package var unrecorded: [UnrecordedProcess]
  /// In the order of their beginnings.
  var members: [Member]
  package var unread: [UnreadProcess] = []
  /// Bytes of all files.
  var size = 0
  /// Whether the file ends before its last member does.
  var isCutShort = false

  /// The tree of that name; nil where it is one capture, or no capture at all, which is for others to say.
  static func open(_ path: String) throws(CaptureFailure) -> Family? {
    let file: OpenFile
    do throws(CaptureFailure) {
      file = OpenFile(try Capture.open(path))
    } catch {
      if case .isFolder = error { return try Family(folder: path) }
      throw error
    }
    return try open(.opened(file))
  }

  /// As above.
  static func open(_ source: ByteSource) throws(CaptureFailure) -> Family? {
    let header = source.load(CaptureHeader.self, at: 0, from: CaptureHeader())
    let isFamily = header.magic == CaptureFormat.magic && header.isFamily
    return isFamily ? try Family(source) : nil
  }

  /// Whether there is but one process image, of which nothing is merged.
  var isSingle: Bool {
    let isComplete = joint.map { $0.withoutFile == 0 && $0.withoutSlot == 0 } ?? true
    return members.count == 1 && unrecorded.isEmpty && unread.isEmpty && isComplete
  }

  /// All of it as one capture; where there is one process image, that.
  package func capture() throws(CaptureFailure) -> Capture {
    if isSingle { return try capture(of: members[0]) }
    return try FamilyMerging.merge(self)
  }

  /// The capture of one process image by its name (`CaptureProcess.name`).
  ///
  /// A forked image that soon became another program is not listed; its name is the program's then.
  package func capture(ofProcess name: String) throws(CaptureFailure) -> Capture {
    let units = FamilyUnit.all(of: members)
    for unit in units {
      for index in unit.members where "\(members[index].name)" == name {
        return try capture(of: members[unit.last])
      }
    }
    if let one = unread.first(where: { $0.name == name }) { throw one.failure }
    throw .noProcess(name)
  }

  /// Where the bytes of a member are.
  func source(of member: Member) throws(CaptureFailure) -> ByteSource {
    switch member.place {
    case .file(let path): .opened(OpenFile(try Capture.open(path)))
    case .part(let source): source
    }
  }

  func capture(of member: Member) throws(CaptureFailure) -> Capture {
    switch member.place {
    case .file(let path): try Capture(single: path)
    case .part(let source): try Capture(source)
    }
  }

  /// The header of the root, with the figures of the whole tree, as far as they are known without
  /// reading any capture; its numbers of texts are 0.
  func header() throws(CaptureFailure) -> CaptureHeader {
    if isSingle { return members[0].header }
    guard let joint else { throw .withoutJoint }
    let root = FamilyRoot(members)
    var header = root.header
    header.peak = joint.peak
    header.live = joint.total
    header.peakMoment = max(0, joint.peakMoment - root.begin)
    header.peakEpoch = UInt64(joint.epoch)
    return header
  }
}

extension CaptureHeader {
  /// Whether it is that of a tree's file.
  package var isFamily: Bool { version == FamilyForm.version }
}
