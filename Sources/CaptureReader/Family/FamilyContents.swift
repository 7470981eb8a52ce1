// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a tree's folder becomes: the file of all its captures, or that of the only one.
struct FamilyContents {
  let family: Family
  /// Of the merged capture.
  let header: CaptureHeader
  /// The member that gives command and end, and what is put into it.
  let root: Int
  let exit: Sealing.Exit?
  let lines: [SourceText]

  /// Writes the file; whether the lines are in it.
  func write(to descriptor: Int32, folder: String) throws(CaptureFailure) -> Bool {
    if family.isSingle {
      let (bytes, hasLines) = try packed(root)
      try FileBytes.write(bytes, to: descriptor, at: 0)
      return hasLines
    }
    // Captures that cannot be read go along as they are.
    let unread = family.unread.compactMap { MemberName($0.name) }
    let text = try Self.unrecorded(folder)
    var index = FamilyHeader()
    index.joint = family.joint ?? JointPage()
    index.members = UInt32(family.members.count + unread.count)
    index.unrecorded = UInt32(text.count)
    guard index.members <= UInt32(FamilyForm.mostMembers) else {
      throw .damaged("it has more than \(FamilyForm.mostMembers) processes")
    }
    let stride = MemoryLayout<FamilyMember>.stride
    var place = FamilyForm.membersStart + Int(index.members) * stride + text.count
    var entries: [UInt8] = []
    var hasLines = false
    func put(_ bytes: [UInt8], _ name: MemberName) throws(CaptureFailure) {
      try FileBytes.write(bytes, to: descriptor, at: place)
      var one = FamilyMember()
      one.offset = UInt64(place)
      one.length = UInt64(bytes.count)
      one.process = name.process
      one.image = name.image
      entries += Packing.raw(one)
      place += bytes.count
    }
    for member in family.members.indices {
      let (bytes, isWithLines) = try packed(member)
      if isWithLines { hasLines = true }
      try put(bytes, family.members[member].name)
    }
    for name in unread {
      let file = OpenFile(try Capture.open("\(folder)/\(name.file)"))
      try put(ByteSource.opened(file).contents(), name)
    }
    index.length = UInt64(place)
    // The file is none before its beginning is there.
    try writeBeginning(index, entries + text, to: descriptor)
    return hasLines
  }

  private func writeBeginning(
    _ index: FamilyHeader, _ rest: [UInt8], to descriptor: Int32
  ) throws(CaptureFailure) {
    var first = header
    first.version = FamilyForm.version
    first.command = 0
    first.folder = 0
    first.counts = InlineArray(repeating: 0)
    if let exit { (first.exitKind, first.exitStatus) = exit.words }
    var bytes = Packing.raw(first) + Packing.raw(index) + rest
    var summed = index
    summed.checksum = Packing.checksum(bytes[Family.summed(bytes.count)])
    bytes.replaceSubrange(
      FamilyForm.start..<FamilyForm.membersStart, with: Packing.raw(summed))
    try FileBytes.write(bytes, to: descriptor, at: 0)
  }

  /// A member as it is in the file, packed if it can be; whether the lines are in it.
  private func packed(_ member: Int) throws(CaptureFailure) -> (bytes: [UInt8], hasLines: Bool) {
    let source = try family.source(of: family.members[member])
    // While it is packed, nobody else may write to it.
    let bytes = source.contents()
    let exit = member == root ? exit : nil
    if var whole = WholeTables(.memory(bytes)) {
      if let exit { whole.note(exit) }
      if member == root, !lines.isEmpty {
        var full = whole
        full.append(lines)
        if let packed = Packing.packed(full) { return (packed, true) }
      }
      let isChanged = exit != nil || !whole.header.isPacked
      if !isChanged { return (bytes, false) }
      if let packed = Packing.packed(whole) { return (packed, false) }
    }
    return (Self.noting(exit, bytes), false)
  }

  /// The bytes of a capture, with its process's end in the header.
  private static func noting(_ exit: Sealing.Exit?, _ bytes: [UInt8]) -> [UInt8] {
    guard let exit else { return bytes }
    var header = ByteSource.memory(bytes).load(
      CaptureHeader.self, at: 0, from: CaptureHeader())
    (header.exitKind, header.exitStatus) = exit.words
    let first = Packing.raw(header)
    return Array(first.prefix(bytes.count)) + bytes.dropFirst(first.count)
  }

  /// What is not recorded, up to the last line that there is room for.
  private static func unrecorded(_ folder: String) throws(CaptureFailure) -> [UInt8] {
    let path = "\(folder)/\(FamilyForm.unrecorded)"
    guard unsafe access(path, F_OK) == 0 else { return [] }
    let most = FamilyForm.mostUnrecorded
    let text = try SystemFile.contents(path, most: most)
    if text.count <= most { return text }
    let end = text[..<most].lastIndex(of: UInt8(ascii: "\n")) ?? -1
    return Array(text[...end])
  }
}
