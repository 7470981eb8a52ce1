// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// The line engine: turns the events of frames into rows of tables.
///
/// Four events drive it, whoever delivers them (`sys.monitoring` or the evaluation hook): a frame
/// of a watched code is *entered* (called or resumed), comes to a *line*, and is *left* (returns,
/// yields or is unwound). All state is per thread and per frame. Everything here runs with the GIL
/// held and never allocates from the program's heap; where memory cannot be had, the event is
/// dropped and counted.
struct LineEngine {
  var watched = AddressMap<WatchedCode>()
  private var threads: Ref<ThreadRecord>?
  private var threadEnds = ThreadEnds()
  var readings = Readings()
  private(set) var clock = Clock()
  private var isStarted = false

  /// Sessions that are on, each as often as it was begun.
  var sessionsOn = 0
  /// Activations on all threads.
  private(set) var activations = 0
  /// Whether the events of watched frames matter: also after the last session has ended, until the
  /// frames that it counts have.
  @inline(__always)
  var isNeeded: Bool { sessionsOn > 0 || activations > 0 }
  /// Watched codes whose frames may be suspended, where no activation shows them.
  var suspendingCodes = 0
  /// The bytes of the object that came with the present event, and of one such object; 0 where there is
  /// none.
  private var eventObject = 0
  var eventObjectSize = 0
  /// What the interpreter asks for one.
  var eventObjectRequest = 0
  /// Events lost because the system had no memory for the engine.
  private(set) var dropped = 0

  /// Measures the machine, once.
  mutating func start() {
    if isStarted { return }
    isStarted = true
    clock.start()
    threadEnds.start()
    // One reading each opens the files before anything is timed.
    _ = residentBytes()
    let until = nanoseconds(of: CLOCK_MONOTONIC) &+ 200_000
    while nanoseconds(of: CLOCK_MONOTONIC) < until {}
    readings.calibrate(secondsPerTick: clock.secondsPerTick())
  }

  // MARK: - Threads

  @inline(__always)
  mutating func currentThread() -> Ref<ThreadRecord>? {
    Ref(address: Int(bitPattern: unsafe peakline_thread_slot().pointee)) ?? adoptThread()
  }

  @inline(never)
  private mutating func adoptThread() -> Ref<ThreadRecord>? {
    var candidate = threads
    while let thread = candidate {
      if unsafe peakline_load_acquire(&thread[].inUse) == 0 {
        discardActivations(of: thread)
        let former = thread[]
        thread[] = ThreadRecord()
        thread[].next = former.next
        thread[].life = former.life &+ 1
        return install(thread)
      }
      candidate = thread[].next
    }
    guard let thread = pool.take(ThreadRecord.self) else { return nil }
    thread[] = ThreadRecord()
    thread[].next = threads
    threads = thread
    return install(thread)
  }

  private mutating func install(_ thread: Ref<ThreadRecord>) -> Ref<ThreadRecord> {
    thread[].number = python.threads.current()
    unsafe peakline_thread_slot().pointee = UnsafeMutableRawPointer(bitPattern: thread.address)
    threadEnds.watch(thread)
    return thread
  }

  /// What a thread that ended in the middle of its frames left open is closed without being
  /// counted.
  private mutating func discardActivations(of thread: Ref<ThreadRecord>) {
    while let activation = thread[].top {
      thread[].top = activation[].below
      discard(activation)
    }
  }

  /// Frames of a code that is about to be unwatched are closed without being counted: no event
  /// will end them.
  mutating func discardActivations(of code: Ref<WatchedCode>) {
    var node = threads
    while code[].activations > 0, let thread = node {
      var above: Ref<Activation>?
      var next = thread[].top
      while let activation = next {
        next = activation[].below
        if activation[].code == code {
          if let above { above[].below = next } else { thread[].top = next }
          discard(activation)
        } else {
          above = activation
        }
      }
      node = thread[].next
    }
  }

  private mutating func discard(_ activation: Ref<Activation>) {
    forEachRecord(of: activation) { record in
      let row = record[].rows[].row(activation[].unit)
      row[].open = row[].open &- 1
    }
    retire(activation)
  }

  // MARK: - Events

  /// A frame of `code` begins, or goes on in `line` where it was suspended.
  mutating func enter(_ code: Ref<WatchedCode>, resumingAt line: Int?) {
    guard isNeeded, let thread = currentThread() else { return }
    let began = peakline_ticks()
    guard let activation = activate(code, on: thread, isCall: line == nil),
      activation[].recordCount > 0
    else { return }
    let now = readings.refresh(
      gap: began &- thread[].lastEvent, now: began, needed: activation[].backends, python: python)
    activation[].unit = line.flatMap { code[].unit(ofLine: $0) } ?? 0
    if let stretch = activation[].stretch, let ledger = currentLedger() {
      stretch.begin(on: ledger, at: heapReading(ledger))
    }
    open(activation, at: now, counting: line == nil)
    if line == nil { takeBaselines(activation) }
    thread[].lastEvent = now
  }

  /// The frame that runs comes to `line` of the code at `address`.
  @inline(__always)
  mutating func line(_ line: Int, ofCode address: Int) {
    guard
      let thread = Ref<ThreadRecord>(
        address: Int(bitPattern: unsafe peakline_thread_slot().pointee)),
      let activation = current(address, on: thread),
      activation[].recordCount > 0,
      let unit = activation[].code[].unit(ofLine: line),
      // Lines of one unit are one occurrence. The thread's last event stays the one before: the
      // stretch is not over.
      unit != activation[].unit
    else { return }
    let began = peakline_ticks()
    let now = readings.refresh(
      gap: began &- thread[].lastEvent, now: began, needed: activation[].backends, python: python)
    close(activation, at: began)
    activation[].unit = unit
    if let stretch = activation[].stretch { stretch.turn(at: heapReading(stretch[].ledger)) }
    open(activation, at: now, counting: true)
    thread[].lastEvent = now
  }

  /// The running frame of the code at `address` ends or is suspended.
  mutating func leave(code address: Int) {
    guard
      let thread = Ref<ThreadRecord>(
        address: Int(bitPattern: unsafe peakline_thread_slot().pointee)),
      let activation = current(address, on: thread)
    else { return }
    thread[].top = activation[].below
    if activation[].recordCount > 0 {
      let began = peakline_ticks()
      let now = readings.refresh(
        gap: began &- thread[].lastEvent, now: began, needed: activation[].backends,
        python: python)
      close(activation, at: began)
      thread[].lastEvent = now
    }
    retire(activation)
  }

  // MARK: - Activations

  /// The innermost activation, if it is of the code at `address`; else that code's innermost one,
  /// moved to the top.
  ///
  /// It is elsewhere when greenlets switch stacks under the interpreter. It is nowhere when the
  /// frame began before its session: such a frame is not counted.
  @inline(__always)
  private mutating func current(_ address: Int, on thread: Ref<ThreadRecord>) -> Ref<Activation>? {
    guard let top = thread[].top else { return nil }
    return top[].codeAddress == address ? top : raise(address, on: thread)
  }

  @inline(never)
  private mutating func raise(_ address: Int, on thread: Ref<ThreadRecord>) -> Ref<Activation>? {
    guard let code = watched[address], code[].activations > 0 else { return nil }
    var above = thread[].top
    while let upper = above, let candidate = upper[].below {
      if candidate[].codeAddress == address {
        upper[].below = candidate[].below
        candidate[].below = thread[].top
        thread[].top = candidate
        return candidate
      }
      above = candidate
    }
    return nil
  }

  /// A new activation on top of the thread's, with a record for each session that counts it; nil
  /// where none does.
  ///
  /// Above others it is made even without a record: else the lines of a frame that nobody counts
  /// would be taken for those of an outer frame of the same code.
  private mutating func activate(
    _ code: Ref<WatchedCode>, on thread: Ref<ThreadRecord>, isCall: Bool
  ) -> Ref<Activation>? {
    var count: Int32 = 0
    var table = code[].tables
    while let one = table {
      if one[].session[].isOn(thread) {
        count = count &+ 1
      } else if isCall && one[].session[].begunForNew > 0 {
        one[].callsElsewhere = one[].callsElsewhere &+ 1
      }
      table = one[].nextOfCode
    }
    guard count > 0 || thread[].top != nil else { return nil }
    guard let activation = pool.take(Activation.self) else { return drop() }
    if count > 1 {
      guard let more = pool.take(Activation.Record.self, count: Int(count &- 1)) else {
        pool.give(activation)
        return drop()
      }
      activation[].more = more
    }
    activation[].code = code
    activation[].codeAddress = code[].code
    table = code[].tables
    while let one = table {
      if one[].session[].isOn(thread), let rows = rows(of: one, on: thread) {
        let backend = one[].session[].backend
        let record = record(activation[].recordCount, of: activation)
        record[] = Activation.Record(rows: rows, backend: backend)
        activation[].backends.insert(backend)
        activation[].recordCount = activation[].recordCount &+ 1
        one[].activations = one[].activations &+ 1
        rows[].activations = rows[].activations &+ 1
        if rows[].activations > 1 { one[].isRecursive = true }
      }
      table = one[].nextOfCode
    }
    if activation[].backends.heap { activation[].stretch = pool.take(Stretch.self) }
    // Records that got no rows leave the block behind larger than its count says: give it back by
    // the same count.
    if activation[].recordCount != count
      || (activation[].backends.heap && activation[].stretch == nil)
    {
      abandon(activation, blockOf: count)
      return drop()
    }
    code[].activations = code[].activations &+ 1
    activations = activations &+ 1
    activation[].below = thread[].top
    thread[].top = activation
    return activation
  }

  private mutating func drop() -> Ref<Activation>? {
    dropped = dropped &+ 1
    return nil
  }

  private mutating func abandon(_ activation: Ref<Activation>, blockOf count: Int32) {
    forEachRecord(of: activation) { record in
      let rows = record[].rows
      let table = rows[].table
      rows[].activations = rows[].activations &- 1
      table[].activations = table[].activations &- 1
    }
    if let more = activation[].more { pool.give(more, count: Int(count &- 1)) }
    if let stretch = activation[].stretch { pool.give(stretch) }
    pool.give(activation)
  }

  /// The end of an activation that is no longer on its thread's stack.
  private mutating func retire(_ activation: Ref<Activation>) {
    let code = activation[].code
    activations = activations &- 1
    code[].activations = code[].activations &- 1
    forEachRecord(of: activation) { record in
      let rows = record[].rows
      let table = rows[].table
      rows[].activations = rows[].activations &- 1
      table[].activations = table[].activations &- 1
      if table[].abandoned && table[].activations == 0 { giveBack(table) }
    }
    if let more = activation[].more {
      pool.give(more, count: Int(activation[].recordCount &- 1))
    }
    if let stretch = activation[].stretch {
      stretch.end()
      pool.give(stretch)
    }
    pool.give(activation)
  }

  @inline(__always)
  private func record(_ index: Int32, of activation: Ref<Activation>) -> Ref<Activation.Record> {
    if index > 0, let more = activation[].more { return more.advanced(by: Int(index &- 1)) }
    return activation.firstField(as: Activation.Record.self)
  }

  @inline(__always)
  private func forEachRecord(
    of activation: Ref<Activation>, _ body: (Ref<Activation.Record>) -> Void
  ) {
    if activation[].recordCount == 0 { return }
    body(record(0, of: activation))
    var index: Int32 = 1
    while index < activation[].recordCount {
      body(record(index, of: activation))
      index = index &+ 1
    }
  }

  // MARK: - Units

  /// Control enters the activation's unit.
  @inline(__always)
  private func open(_ activation: Ref<Activation>, at now: Ticks, counting: Bool) {
    activation[].entered = now
    activation[].othersBefore = readings.otherThreads
    let unit = activation[].unit
    forEachRecord(of: activation) { record in
      let row = record[].rows[].row(unit)
      if counting { row[].occurrences = row[].occurrences &+ 1 }
      row[].open = row[].open &+ 1
      record[].before = readings.value(of: record[].backend)
      record[].rssBefore = readings.rss
    }
  }

  /// Control leaves the activation's unit.
  @inline(__always)
  private func close(_ activation: Ref<Activation>, at now: Ticks) {
    let unit = activation[].unit
    forEachRecord(of: activation) { record in
      let row = record[].rows[].row(unit)
      if record[].backend == .heap {
        closeHeap(activation, record, row, at: now)
        return
      }
      let value = readings.value(of: record[].backend)
      row[].open = row[].open &- 1
      if row[].open == 0 {
        row[].increment = row[].increment &+ (value &- record[].before)
        row[].rssIncrement = row[].rssIncrement &+ (readings.rss &- record[].rssBefore)
        row[].ticks = row[].ticks &+ (now &- activation[].entered)
      }
      if row[].order == 0 { firstMeasured(row, record[].rows[].table, usage: value) }
      if value > row[].usage { row[].usage = value }
    }
  }

  /// The same where the ledger is counted: figures are the thread's, the usage is the process's.
  @inline(__always)
  private func closeHeap(
    _ activation: Ref<Activation>, _ record: Ref<Activation.Record>, _ row: Ref<Row>, at now: Ticks
  ) {
    row[].open = row[].open &- 1
    guard let stretch = activation[].stretch else { return }
    let start = stretch[].start
    let end = heapReading(stretch[].ledger)
    if row[].open == 0 {
      row[].increment = row[].increment &+ (end.live &- start.live)
      row[].rssIncrement = row[].rssIncrement &+ (readings.rss &- record[].rssBefore)
      row[].ticks = row[].ticks &+ (now &- activation[].entered)
      row[].heap.add(
        from: start, to: end, peak: stretch.peak(),
        others: readings.otherThreads &- activation[].othersBefore)
    }
    let value = heapUsage(end)
    if row[].order == 0 { firstMeasured(row, record[].rows[].table, usage: value) }
    if value > row[].usage { row[].usage = value }
  }

  /// What is in use in the whole process, as far as the other threads are known.
  @inline(__always)
  private func heapUsage(_ reading: HeapReading) -> Int {
    readings.heapBaseline &+ readings.otherThreads &+ reading.live
  }

  /// The thread's ledger without the object that the interpreter has made for the present event.
  @inline(__always)
  private func heapReading(_ ledger: Ref<ThreadLedger>) -> HeapReading {
    var reading = HeapReading(ledger)
    reading.live = reading.live &- eventObject
    reading.python = reading.python &- eventObject
    return reading
  }

  /// Takes the number that comes with an event out of the ledger, from the event on.
  ///
  /// CPython makes an `int` of the line or offset before it calls, and drops it afterwards; small ones
  /// are shared. So its birth is uncounted, and its death, which is sure to follow, in advance.
  @inline(__always)
  mutating func noteEventObject(_ number: Int, ofEntry: Bool = false) {
    eventObject = 0
    if number > 256 && eventObjectSize > 0 { uncountEventObject(ofEntry: ofEntry) }
  }

  @inline(never)
  private mutating func uncountEventObject(ofEntry: Bool) {
    guard let ledger = currentLedger(), ofEntry || ledger[].stretches != nil else { return }
    eventObject = eventObjectSize
    // It was the last allocation. Where it reaches the mark, it has raised it.
    if ledger[].peak == ledger[].live {
      ledger[].setPeak(ledger[].peak &- eventObject)
    }
    ledger[].correctObjects(-1, of: eventObject, requested: eventObjectRequest)
    ledger[].pythonFreed = ledger[].pythonFreed &- eventObject
  }

  @inline(never)
  private func firstMeasured(_ row: Ref<Row>, _ table: Ref<LineTable>, usage: Int) {
    table[].order = table[].order &+ 1
    row[].order = table[].order
    row[].usage = usage
  }

  private func takeBaselines(_ activation: Ref<Activation>) {
    forEachRecord(of: activation) { record in
      let table = record[].rows[].table
      if table[].baseline == Int.min {
        table[].baseline = record[].before
        if let stretch = activation[].stretch, record[].backend == .heap {
          table[].baseline = heapUsage(stretch[].start)
        }
      }
    }
  }
}
