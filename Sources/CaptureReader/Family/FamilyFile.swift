// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A tree's file.
extension Family {
  init(_ source: ByteSource) throws(CaptureFailure) {
    size = source.size
    guard size >= FamilyForm.membersStart else { throw .cutOff(bytes: size) }
    let family = source.load(FamilyHeader.self, at: FamilyForm.start, from: FamilyHeader())
    let stride = MemoryLayout<FamilyMember>.stride
    guard family.members >= 1, family.members <= UInt32(FamilyForm.mostMembers),
      family.unrecorded <= UInt32(FamilyForm.mostUnrecorded)
    else { throw .damaged("it says that it has \(family.members) processes") }
    let textStart = FamilyForm.membersStart + Int(family.members) * stride
    let bodyStart = textStart + Int(family.unrecorded)
    guard size >= bodyStart else {
      throw .incomplete(bytes: size, of: Int(clamping: family.length))
    }
    guard UInt64(size) <= family.length else { throw .damaged("it goes on behind its end") }
    let index = ByteSource.part(source, Self.summed(bodyStart)).contents()
    guard Packing.checksum(index[...]) == family.checksum else {
      throw .damaged("its bytes are not those that were written")
    }
    isCutShort = UInt64(size) < family.length
    var joint = family.joint
    guard joint.magic == JointPage.magic else { throw .damaged("it has no joint figures") }
    joint.mend()
    self.joint = joint
    unrecorded = UnrecordedProcess.all(in: Array(index.suffix(Int(family.unrecorded))))
    members = []
    var end = UInt64(bodyStart)
    for number in 0..<Int(family.members) {
      let member = source.load(
        FamilyMember.self, at: FamilyForm.membersStart + number * stride, from: FamilyMember())
      guard member.offset >= end, member.offset <= family.length,
        member.length <= family.length - member.offset
      else { throw .damaged("its processes are not one behind the other") }
      end = member.offset + member.length
      note(member, source)
    }
    try arrange()
  }

  /// The bytes that the checksum is about.
  static func summed(_ bodyStart: Int) -> Range<Int> {
    FamilyForm.start + (MemoryLayout<FamilyHeader>.offset(of: \.members) ?? 0)..<bodyStart
  }

  private mutating func note(_ member: FamilyMember, _ source: ByteSource) {
    let name = MemberName(process: member.process, image: member.image)
    do throws(CaptureFailure) {
      // A file is not larger than an `Int` says, and no member is longer than the file.
      let start = Int(clamping: member.offset)
      let end = Int(clamping: member.offset + member.length)
      let part = ByteSource.part(source, start..<end)
      guard part.size == end - start || part.size >= MemoryLayout<CaptureHeader>.size else {
        throw .incomplete(bytes: part.size, of: end - start)
      }
      var header = try CaptureHeader(checking: part)
      guard !header.isFamily else { throw .damaged("it is a tree in a tree") }
      header.mend()
      members.append(
        Member(
          name: name, header: header, isRunning: false, size: part.size, place: .part(part)))
    } catch {
      unread.append(UnreadProcess(name: "\(name)", failure: error))
    }
  }
}
