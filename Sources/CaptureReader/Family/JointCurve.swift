// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// How much all processes of a tree had in use over time, from what each of them noted.
struct JointCurve {
  /// The most moments that are left.
  static let most = 4096

  private struct Event {
    var moment: Int
    var member: Int
    var live: Int
    var highest: Int
  }

  private var events: [Event] = []

  /// Adds the moments of a process, which began at `begin`.
  ///
  /// After `end` it has nothing in use; nil: it goes on to the end of all.
  mutating func add(_ moments: [CaptureMoment], of member: Int, begin: Int, end: Int?) {
    let last = end ?? .max
    for one in moments where begin + one.moment <= last {
      events.append(
        Event(
          moment: begin + one.moment, member: member, live: one.live,
          highest: max(one.highest, one.live)))
    }
    if let end { events.append(Event(moment: end + 1, member: member, live: 0, highest: 0)) }
  }

  /// The curve, with the peak in it.
  ///
  /// Costs the sorting of all moments.
  func moments(peak: Int, at peakMoment: Int, members: Int) -> [CaptureMoment] {
    if events.isEmpty { return [] }
    var live = [Int](repeating: 0, count: members)
    var total = 0
    var curve: [CaptureMoment] = []
    for event in events.sorted(by: { ($0.moment, $0.member) < ($1.moment, $1.member) }) {
      let others = total.capped(minus: live[event.member])
      total = others.capped(plus: event.live)
      live[event.member] = event.live
      var one = CaptureMoment()
      one.moment = event.moment
      one.live = total
      // Others may have had less by then than last noted; together it was never more than the peak.
      one.highest = max(total, min(others.capped(plus: event.highest), peak))
      if let last = curve.last, last.moment == one.moment {
        one.highest = max(one.highest, last.highest)
        curve.removeLast()
      }
      curve.append(one)
    }
    var thinned = Self.thinned(curve)
    if peak > 0 {
      let place = thinned.firstIndex { $0.moment >= peakMoment } ?? thinned.count
      var one = CaptureMoment()
      one.moment = peakMoment
      one.live = peak
      one.highest = peak
      if place < thinned.count, thinned[place].moment == peakMoment { thinned.remove(at: place) }
      thinned.insert(one, at: place)
    }
    return thinned
  }

  /// Of so many moments side by side the last, with what was highest among them.
  private static func thinned(_ curve: [CaptureMoment]) -> [CaptureMoment] {
    let room = most - 1
    guard curve.count > room else { return curve }
    let length = (curve.count + room - 1) / room
    return stride(from: 0, to: curve.count, by: length).map { start in
      let part = curve[start..<min(start + length, curve.count)]
      var one = part[part.endIndex - 1]
      one.highest = part.reduce(one.highest) { max($0, $1.highest) }
      return one
    }
  }
}

extension Int {
  /// The sum, or the nearest that there is.
  func capped(plus other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other < 0 ? .min : .max) : sum
  }

  /// The difference, or the nearest that there is.
  func capped(minus other: Int) -> Int {
    let (difference, overflows) = subtractingReportingOverflow(other)
    return overflows ? (other < 0 ? .max : .min) : difference
  }
}
