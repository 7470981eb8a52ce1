// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// How much all processes of a tree had in use over time, from what each of them noted.
struct JointCurve {
  /// The most moments that are left.
  static let most = 4096

  /// A stretch in which a process had so much in use; a moment is noted at the end of one.
  private struct Stretch {
    var begin: Int
    var member: Int
    var live: Int
    var highest: Int
  }

  private var stretches: [Stretch] = []
  private var last = 0

  /// Adds the moments of a process, which began at `begin`.
  ///
  /// After `end` it has nothing in use; nil: it goes on to the end of all.
  mutating func add(_ moments: [CaptureMoment], of member: Int, begin: Int, end: Int?) {
    var position = begin
    for one in moments where begin + one.moment <= end ?? .max {
      stretches.append(
        Stretch(
          begin: position, member: member, live: one.live, highest: max(one.highest, one.live)))
      position = max(position, begin + one.moment)
    }
    if let end {
      position = max(position, end)
      stretches.append(Stretch(begin: position, member: member, live: 0, highest: 0))
    }
    last = max(last, position)
  }

  /// The curve, with the peak in it: as in the capture of one process each moment says what was in use
  /// until then, and the most since the moment before.
  ///
  /// Costs the sorting of all moments.
  func moments(peak: Int, at peakMoment: Int, members: Int) -> [CaptureMoment] {
    if stretches.isEmpty { return [] }
    var live = [Int](repeating: 0, count: members)
    var (total, highest) = (0, 0)
    var curve: [CaptureMoment] = []
    func note(_ moment: Int) {
      if curve.last?.moment == moment { return }
      var one = CaptureMoment()
      one.moment = moment
      // What each has at the end of its stretch it need not have had while another had its own.
      one.live = peak > 0 ? min(total, peak) : total
      one.highest = max(one.live, highest)
      curve.append(one)
      highest = 0
    }
    for stretch in stretches.sorted(by: { ($0.begin, $0.member) < ($1.begin, $1.member) }) {
      note(stretch.begin)
      let others = total.capped(minus: live[stretch.member])
      total = others.capped(plus: stretch.live)
      live[stretch.member] = stretch.live
      // Others may have had less by then than at their own ends; together it was never more than the peak.
      let most = max(total, others.capped(plus: stretch.highest))
      highest = max(highest, peak > 0 ? min(most, peak) : most)
    }
    note(last)
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
