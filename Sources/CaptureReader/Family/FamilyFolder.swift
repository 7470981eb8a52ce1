// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A tree's folder, as it is while its processes run, and where nobody has joined them.
extension Family {
  init(folder: String) throws(CaptureFailure) {
    let all = try FolderNames.all(of: folder)
    let names = all.compactMap { MemberName(file: $0) }
    guard all.contains(JointPage.name) || !names.isEmpty else { throw .isFolder }
    guard !names.isEmpty else { throw .empty }
    // Before the captures: what they note later is as good.
    joint = Self.joint(folder)
    let text = try? SystemFile.contents(
      "\(folder)/\(FamilyForm.unrecorded)", most: FamilyForm.mostUnrecorded)
    unrecorded = UnrecordedProcess.all(in: text ?? [])
    members = []
    for name in names.prefix(FamilyForm.mostMembers) { note(name, folder) }
    try arrange()
  }

  private mutating func note(_ name: MemberName, _ folder: String) {
    let path = "\(folder)/\(name.file)"
    do throws(CaptureFailure) {
      let source = ByteSource.opened(OpenFile(try Capture.open(path)))
      var header = try CaptureHeader(checking: source)
      guard !header.isFamily else { throw .damaged("it is a tree in a tree") }
      header.mend()
      let mayRun = header.state == CaptureState.recording && !header.isPacked
      members.append(
        Member(
          name: name, header: header,
          isRunning: mayRun && Ending.isMapped(path, by: Int(header.processID)),
          size: source.size, place: .file(path)))
      size += source.size
    } catch {
      unread.append(UnreadProcess(name: "\(name)", failure: error))
    }
  }

  /// Puts the members into their order; throws where there is none.
  mutating func arrange() throws(CaptureFailure) {
    if members.isEmpty, let first = unread.first { throw first.failure }
    // One of which not even the beginning is written would be the first of all.
    if members.contains(where: { $0.header.begin > 0 }) {
      for member in members where member.header.begin == 0 {
        unread.append(UnreadProcess(name: "\(member.name)", failure: .empty))
      }
      members.removeAll { $0.header.begin == 0 }
    }
    members.sort(by: Self.isBefore)
  }

  private static func isBefore(_ one: Member, _ other: Member) -> Bool {
    (one.header.begin, one.name.process, one.name.image)
      < (other.header.begin, other.name.process, other.name.image)
  }

  /// What the processes share, as it is now.
  static func joint(_ folder: String) -> JointPage? {
    guard let descriptor = try? Capture.open("\(folder)/\(JointPage.name)") else { return nil }
    let source = ByteSource.opened(OpenFile(descriptor))
    guard source.size >= MemoryLayout<JointPage>.size else { return nil }
    var joint = source.load(JointPage.self, at: 0, from: JointPage())
    guard joint.magic == JointPage.magic else { return nil }
    joint.mend()
    return joint
  }
}

extension UnrecordedProcess {
  /// The processes that a text tells of, a line each; what is no such line is left out.
  ///
  /// "PROCESS failed PATH" takes back what was said last of that process and path.
  static func all(in text: [UInt8]) -> [UnrecordedProcess] {
    var found: [UnrecordedProcess] = []
    var last: [String: [Int]] = [:]
    var taken: Set<Int> = []
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        .map { String(decoding: $0, as: UTF8.self) }
      guard words.count == 3, let process = UInt32(words[0]) else { continue }
      let key = "\(process) \(words[2])"
      if words[1] == "failed" {
        if let index = last[key]?.popLast() { taken.insert(index) }
      } else {
        last[key, default: []].append(found.count)
        found.append(
          UnrecordedProcess(processID: Int(process), reason: words[1], program: words[2]))
      }
    }
    return found.indices.filter { !taken.contains($0) }.map { found[$0] }
  }
}

extension JointPage {
  /// What the file is called in the folder of a tree's captures.
  package static let name = "\(path)"
}
