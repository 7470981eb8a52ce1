// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Makes one capture of those of all processes of a tree.
///
/// What the counters say of the peak is that of the joint peak then, and `live` what each process had at
/// its own end. Costs the size of all tables; one capture is read at a time.
struct FamilyMerging {
  /// The most bytes that the tables may have all together.
  private static let mostBytes = 2 << 30

  private let family: Family
  private let joint: JointPage
  private let lifetimes: Lifetimes
  /// The joint peak, in nanoseconds since the tree began.
  private let peakMoment: Int

  private var pool = TextPool()
  private var stacks = [CaptureStack()]
  private var counters = [CaptureCounters()]
  private var threads = [CaptureThread()]
  private var changes: [CaptureChange] = []
  private var sources = [CaptureSource()]
  private var marks: [CaptureMark] = []
  private var curve = JointCurve()
  private var processes: [CaptureProcess] = []
  private var unread: [UnreadProcess]
  private var header: CaptureHeader
  private var totals = FamilyTotals()
  private var damagedEntries = 0
  private var isCutShort: Bool
  private var bytes = 0

  static func merge(_ family: Family) throws(CaptureFailure) -> Capture {
    guard let joint = family.joint else { throw .withoutJoint }
    var merging = FamilyMerging(family, joint)
    let root = FamilyRoot(family.members)
    for unit in FamilyUnit.all(of: family.members) { merging.add(unit, root) }
    guard !merging.processes.isEmpty else {
      throw merging.unread.first?.failure ?? .empty
    }
    return merging.capture()
  }

  private init(_ family: Family, _ joint: JointPage) {
    self.family = family
    self.joint = joint
    lifetimes = Lifetimes(family.members)
    peakMoment = joint.peakMoment - lifetimes.begin
    unread = family.unread
    isCutShort = family.isCutShort
    header = FamilyRoot(family.members).header
  }

  // MARK: - One process

  private mutating func add(_ unit: FamilyUnit, _ root: FamilyRoot) {
    let firstCounters = counters.count
    let firstThreads = threads.count
    var begin: Int?
    for index in unit.members {
      let member = family.members[index]
      let capture: Capture
      do throws(CaptureFailure) {
        capture = try family.capture(of: member)
        try makeRoom(for: capture)
      } catch {
        unread.append(UnreadProcess(name: "\(member.name)", failure: error))
        continue
      }
      var texts = PooledTexts(capture.texts)
      let isPassing = index != unit.last
      append(capture, index, &texts, isPassing: isPassing)
      begin = begin ?? lifetimes.all[index].begin
      if root.images.last == index {
        header.command = texts.number(capture.header.command, in: &pool)
        header.folder = texts.number(capture.header.folder, in: &pool)
      }
      if isPassing { continue }
      processes.append(
        CaptureProcess(
          name: "\(member.name)", header: capture.header, command: capture.command,
          folder: capture.folder, begin: begin ?? 0, end: lifetimes.all[index].end,
          ending: Ending(capture.header, isRunning: member.isRunning),
          counters: firstCounters..<counters.count, threads: firstThreads..<threads.count,
          parent: nil))
    }
  }

  /// Throws where indices would not do any more, or memory.
  private mutating func makeRoom(for capture: Capture) throws(CaptureFailure) {
    let counts = [
      stacks.count + capture.stacks.count, counters.count + capture.counters.count,
      threads.count + capture.threads.count, changes.count + capture.changes.count,
      pool.bytes.count + capture.texts.size,
    ]
    bytes += capture.tableBytes
    guard bytes <= Self.mostBytes, counts.allSatisfy({ $0 < Int(UInt32.max) / 2 }) else {
      bytes -= capture.tableBytes
      throw .damaged("all processes together are more than can be read at once")
    }
  }

  private mutating func append(
    _ capture: Capture, _ index: Int, _ texts: inout PooledTexts, isPassing: Bool
  ) {
    let lifetime = lifetimes.all[index]
    let share = family.estimate.map {
      JointShare(capture, begin: lifetimes.begin + lifetime.begin, $0)
    }
    let isAtPeak = share?.isAlive ?? lifetime.contains(peakMoment)
    damagedEntries += capture.damagedEntries
    if capture.isCutShort { isCutShort = true }
    totals.add(capture.header, isAtPeak: isAtPeak, isPassing: isPassing)
    curve.add(
      capture.moments, of: index, begin: lifetime.begin,
      end: lifetime.isRunning || lifetime.end >= lifetimes.end ? nil : lifetime.end)
    let functions = appendFunctions(capture, &texts)
    let firstStack = UInt32(stacks.count - 1)
    let firstCounters = UInt32(counters.count - 1)
    let firstThread = UInt32(threads.count - 1)
    for var stack in capture.stacks.dropFirst() {
      let isThread = stack.function == 0
      if stack.parent != 0 { stack.parent += firstStack }
      stack.function = functions[Int(stack.function)]
      if isThread {
        let isKnown = stack.line > 0 && Int(stack.line) < capture.threads.count
        stack.line = isKnown ? stack.line + firstThread : 0
      }
      let isCounted = stack.counters > 0 && Int(stack.counters) < capture.counters.count
      stack.counters = isCounted ? stack.counters + firstCounters : 0
      stacks.append(stack)
    }
    for var thread in capture.threads.dropFirst() {
      thread.name = texts.number(thread.name, in: &pool)
      thread.firstMoment += lifetime.begin
      threads.append(thread)
    }
    for var one in capture.sources.dropFirst() {
      one.file = texts.number(one.file, in: &pool)
      one.text = texts.number(one.text, in: &pool)
      sources.append(one)
    }
    for var mark in capture.marks {
      mark.name = texts.number(mark.name, in: &pool)
      mark.begin += lifetime.begin
      mark.end += lifetime.begin
      marks.append(mark)
    }
    // Not each time: many processes have few marks.
    if marks.count > 8 * CaptureMark.most { keepFirstMarks() }
    let shift = Self.milliseconds(lifetime.begin)
    for var change in capture.changes {
      change.counters += firstCounters
      change.until = UInt32(clamping: Int(change.until) + shift)
      changes.append(change)
    }
    for (index, var one) in capture.counters.enumerated().dropFirst() {
      if one.stack != 0 { one.stack += firstStack }
      one.step = UInt32(clamping: Int(one.step) + shift)
      if let share {
        share.put(into: &one, index, epoch: joint.epoch)
      } else {
        atJointPeak(&one, isAtPeak: isAtPeak, interval: capture.header.interval)
      }
      if isPassing, one.live != 0 || one.liveBlocks != 0 { release(&one, at: lifetime.end) }
      counters.append(one)
    }
  }

  /// The marks in the order of time, and no more than there may be; of those that begin together the
  /// outermost first.
  private mutating func keepFirstMarks() {
    marks.sort { ($0.begin, $1.end) < ($1.begin, $0.end) }
    marks.removeLast(max(0, marks.count - CaptureMark.most))
  }

  /// The pool's indices of a capture's functions.
  private mutating func appendFunctions(
    _ capture: Capture, _ texts: inout PooledTexts
  ) -> [UInt32] {
    var indices = [UInt32](repeating: 0, count: capture.functions.count)
    for (index, var function) in capture.functions.enumerated() where index > 0 {
      function.name = texts.number(function.name, in: &pool)
      function.file = texts.number(function.file, in: &pool)
      indices[index] = pool.index(of: function)
    }
    return indices
  }

  /// Makes what is said of the peak that of the joint peak.
  private func atJointPeak(_ one: inout CaptureCounters, isAtPeak: Bool, interval: Int) {
    if !isAtPeak {
      one.atPeak = 0
      one.blocksAtPeak = 0
      one.varianceAtPeak = 0
    } else if one.jointEpoch >= joint.epoch {
      one.atPeak = one.atJoint
      one.blocksAtPeak = Double(one.blocksAtJoint)
      // It was not noted: the most that it can be.
      one.varianceAtPeak = Double(interval) * Double(one.atJoint.magnitude)
    } else {
      one.atPeak = one.live
      one.blocksAtPeak = one.liveBlocks
      one.varianceAtPeak = one.liveVariance
    }
    one.epoch = UInt64(joint.epoch)
  }

  /// The process has become another program: what this stack held is no more.
  private mutating func release(_ one: inout CaptureCounters, at end: Int) {
    var change = CaptureChange()
    change.counters = UInt32(counters.count)
    change.until = UInt32(clamping: Self.milliseconds(end))
    change.live = one.live
    changes.append(change)
    one.live = 0
    one.liveBlocks = 0
    one.liveVariance = 0
  }

  private static func milliseconds(_ nanoseconds: Int) -> Int { nanoseconds / 1_000_000 }

  // MARK: - All of them

  private consuming func capture() -> Capture {
    FamilyParents.find(&processes)
    totals.put(into: &header)
    family.estimate?.put(into: &header)
    header.version = FamilyForm.version
    header.peak = joint.peak
    header.peakMoment = max(0, peakMoment)
    header.peakEpoch = UInt64(joint.epoch)
    header.lastMoment = max(lifetimes.end, header.peakMoment)
    header.jointEpoch = joint.epoch
    // Neither was read of all at one moment.
    header.residentAtPeak = 0
    if header.stacks == CaptureStacks.noPython,
      let first = processes.first(where: { $0.header.stacks != CaptureStacks.noPython })
    {
      header.stacks = first.header.stacks
      header.python = first.header.python
    }
    let moments = curve.moments(
      peak: header.peak, at: header.peakMoment, members: family.members.count)
    if sources.count == 1 { sources = [] }
    keepFirstMarks()
    let tables: [(CaptureTable, Int)] = [
      (.strings, pool.bytes.count / 4), (.functions, pool.functions.count),
      (.stacks, stacks.count), (.counters, counters.count), (.threads, threads.count),
      (.moments, moments.count), (.timeline, changes.count), (.sources, sources.count),
      (.marks, marks.count),
    ]
    for (table, count) in tables { header.counts[table.rawValue] = UInt32(clamping: count) }
    header.chunks = 1
    return Capture(
      header: header, texts: Texts(pool.bytes), functions: pool.functions, stacks: stacks,
      counters: counters, threads: threads, moments: moments, changes: changes,
      sources: sources, marks: marks, fileSize: family.size, processes: processes,
      unrecorded: family.unrecorded, unread: unread, joint: joint,
      damagedEntries: damagedEntries, isCutShort: isCutShort)
  }
}

extension Capture {
  /// Bytes of all tables.
  fileprivate var tableBytes: Int {
    texts.size + functions.count * CaptureTable.functions.stride
      + stacks.count * CaptureTable.stacks.stride + counters.count * CaptureTable.counters.stride
      + threads.count * CaptureTable.threads.stride + moments.count * CaptureTable.moments.stride
      + changes.count * CaptureTable.timeline.stride + sources.count * CaptureTable.sources.stride
  }
}
