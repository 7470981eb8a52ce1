// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The members of a tree that are shown as one process: mostly one.
///
/// Programs start others by fork and exec, and some (shells, wrappers) go on as others: then there are
/// captures of a process that has hardly allocated anything before it became what it was started for. They
/// are one to whoever looks.
struct FamilyUnit {
  /// What has allocated less than this, in bytes, before it became another program is not shown by itself.
  private static let leastShown = 1 << 20

  /// Indices of members, in the order of their beginnings; the last is the one that is shown.
  var members: [Int]
  var last: Int { members[members.count - 1] }

  /// The units of members that are in the order of their beginnings, in that order.
  static func all(of members: [Family.Member]) -> [FamilyUnit] {
    let next = successors(members)
    var units: [FamilyUnit] = []
    var isPart = [Bool](repeating: false, count: members.count)
    for index in members.indices where !isPart[index] {
      var unit = FamilyUnit(members: [index])
      while isSlight(members[unit.last].header), let following = next[unit.last] {
        unit.members.append(following)
        isPart[following] = true
      }
      units.append(unit)
    }
    return units
  }

  private static func isSlight(_ header: CaptureHeader) -> Bool {
    header.state != CaptureState.ended && header.peak < leastShown
  }

  /// Of each member the next one with the same number of a process.
  static func successors(_ members: [Family.Member]) -> [Int?] {
    var next = [Int?](repeating: nil, count: members.count)
    // Numbers of another namespace are others.
    var later: [UInt64: Int] = [:]
    for index in members.indices.reversed() {
      let header = members[index].header
      let found = later.updateValue(index, forKey: header.key)
      if let found, members[index].isApart,
        members[found].header.begin < header.begin + header.lastMoment
      {
        continue
      }
      next[index] = found
    }
    return next
  }
}

extension CaptureHeader {
  /// Tells processes that run at the same time from each other.
  fileprivate var key: UInt64 { UInt64(namespace) << 32 | UInt64(processID) }
}

/// The first process of a tree: what is said of the whole is said of it.
struct FamilyRoot {
  /// The members that are its images, in the order of their beginnings.
  var images: [Int] = []
  /// When it began, by the machine's monotonic clock.
  var begin = 0
  /// Of its last image, which gives command and end; the beginning is the first one's.
  var header = CaptureHeader()

  /// The root of members that are in the order of their beginnings.
  init(_ members: [Family.Member]) {
    guard let first = members.first else { return }
    images = members.indices.filter { members[$0].header.key == first.header.key }
    begin = first.header.begin
    header = members[images[images.count - 1]].header
    header.begin = begin
    header.startTime = first.header.startTime
    header.command = 0
    header.folder = 0
  }
}
