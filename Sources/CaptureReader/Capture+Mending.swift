// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Makes what was read safe to follow and to add up.
///
/// A capture that is still written to, or whose process was killed, may be one event ahead of itself;
/// a damaged one may hold anything.
extension Capture {
  /// The most bytes that a figure is believed to be: more than any address space has.
  static let most = 1 << 50
  /// The largest believed fraction or variance.
  private static let mostReal = 1e36

  mutating func mend() {
    header.mend()
    // The blank entries are always there, whatever was cut off.
    if functions.isEmpty { functions = [CaptureFunction()] }
    if stacks.isEmpty { stacks = [CaptureStack()] }
    if counters.isEmpty { counters = [CaptureCounters()] }
    if threads.isEmpty { threads = [CaptureThread()] }
    functions[0] = CaptureFunction()
    threads[0] = CaptureThread()
    var odd = 0
    for index in stacks.indices { odd += mendStack(index) }
    for index in counters.indices { odd += mendCounters(index) }
    for index in threads.indices { threads[index].firstMoment.bound(0, Int.max / 4) }
    moments = mended(moments)
    marks = mended(marks)
    changes.removeAll { change in
      let isOdd = change.counters == 0 || Int(change.counters) >= counters.count
      if isOdd { odd += 1 }
      return isOdd
    }
    for index in changes.indices { changes[index].live.bound(-Self.most, Self.most) }
    damagedEntries = odd
  }

  private mutating func mendStack(_ index: Int) -> Int {
    if index == 0 {
      stacks[0] = CaptureStack()
      return 0
    }
    var odd = 0
    if Int(stacks[index].parent) >= index {
      stacks[index].parent = 0
      odd = 1
    }
    if Int(stacks[index].function) >= functions.count {
      stacks[index].function = 0
      odd = 1
    }
    return odd
  }

  private mutating func mendCounters(_ index: Int) -> Int {
    guard index > 0 else {
      counters[0] = CaptureCounters()
      return 0
    }
    var odd = 0
    var one = counters[index]
    if Int(one.stack) >= stacks.count {
      one.stack = 0
      odd = 1
    }
    if one.live.bound(-Self.most, Self.most) { odd = 1 }
    if one.atPeak.bound(-Self.most, Self.most) { odd = 1 }
    if one.allocated.bound(0, 1 << 60) { odd = 1 }
    if one.temporary.bound(0, 1 << 60) { odd = 1 }
    if one.atJoint.bound(-Self.most, Self.most) { odd = 1 }
    if one.blocksAtJoint.bound(1e36) { odd = 1 }
    let most = Self.mostReal
    if one.liveBlocks.bound(most) { odd = 1 }
    if one.blocksAtPeak.bound(most) { odd = 1 }
    if one.allocations.bound(most) { odd = 1 }
    if one.temporaryBlocks.bound(most) { odd = 1 }
    if one.liveVariance.bound(most) { odd = 1 }
    if one.varianceAtPeak.bound(most) { odd = 1 }
    if one.allocatedVariance.bound(most) { odd = 1 }
    counters[index] = one
    return odd
  }

  /// Marks in the order of time, without the blank one.
  private func mended(_ marks: [CaptureMark]) -> [CaptureMark] {
    var sorted = Array(marks.dropFirst().prefix(CaptureMark.most))
    for index in sorted.indices {
      sorted[index].begin.bound(0, Int.max / 4)
      sorted[index].end.bound(sorted[index].begin, Int.max / 4)
    }
    // Of those that begin together the outermost first.
    sorted.sort { ($0.begin, $1.end) < ($1.begin, $0.end) }
    return sorted
  }

  /// Moments in the order of time, each once: of two the one that says more.
  private func mended(_ moments: [CaptureMoment]) -> [CaptureMoment] {
    var sorted = moments
    for index in sorted.indices {
      sorted[index].moment.bound(0, Int.max / 4)
      sorted[index].live.bound(-Self.most, Self.most)
      sorted[index].highest.bound(-Self.most, Self.most)
      sorted[index].resident.bound(0, Self.most)
    }
    sorted.sort { ($0.moment, $1.highest) < ($1.moment, $0.highest) }
    var last = -1
    sorted.removeAll { moment in
      defer { last = moment.moment }
      return moment.moment == last
    }
    return sorted
  }
}

extension CaptureHeader {
  /// Brings its figures to where they can be added up.
  mutating func mend() {
    let most = Capture.most
    interval.bound(0, most)
    if mode == CaptureMode.exact { interval = 0 }
    startTime.bound(0, Int.max / 4)
    lastMoment.bound(0, Int.max / 4)
    peakMoment.bound(0, Int.max / 4)
    begin.bound(0, Int.max / 4)
    lastMoment = max(lastMoment, peakMoment)
    baseline.bound(0, most)
    inherited.bound(0, most)
    live.bound(-most, most)
    peak.bound(0, most)
    peakBound.bound(0, most)
    residentAtPeak.bound(0, most)
    for path: WritableKeyPath<CaptureHeader, Int> in [
      \.allocated, \.freed, \.allocations, \.droppedForRoom, \.droppedForDisk,
      \.droppedForMemory, \.droppedForNesting, \.droppedChanges, \.agentBytes, \.limit,
    ] { self[keyPath: path].bound(0, 1 << 60) }
  }
}

extension JointPage {
  /// As above.
  mutating func mend() {
    total.bound(-Capture.most, Capture.most)
    peak.bound(0, Capture.most)
    peakMoment.bound(0, Int.max / 4)
    withoutSlot.bound(0, 1 << 32)
    withoutFile.bound(0, 1 << 32)
  }
}

extension Int {
  /// Brings it between two limits; whether it was outside.
  @discardableResult
  fileprivate mutating func bound(_ least: Int, _ most: Int) -> Bool {
    if self >= least, self <= most { return false }
    self = Swift.min(Swift.max(self, least), most)
    return true
  }
}

extension BinaryFloatingPoint {
  /// Brings it between nothing and a limit; whether it was neither there nor a little below nothing,
  /// as sums of fractions are.
  fileprivate mutating func bound(_ most: Self) -> Bool {
    if self >= 0, self <= most { return false }
    let isOdd = !(self > -1 && self < 0)
    self = self > most ? most : 0
    return isOdd
  }
}
