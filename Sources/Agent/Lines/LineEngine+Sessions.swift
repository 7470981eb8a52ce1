// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Watching codes, and sessions that count them.
extension LineEngine {
  // MARK: - Codes

  /// Watches the code object at `address`, whose lines from `firstLine` on belong to the given
  /// units.
  mutating func watch(
    _ address: Int, firstLine: Int32, units: Ref<Int32>, lineCount: Int32, unitCount: Int32,
    suspends: Bool, startOffset: Int32
  ) -> Ref<WatchedCode>? {
    guard let copy = pool.take(Int32.self, count: Int(lineCount)) else { return nil }
    var line = 0
    while line < Int(lineCount) {
      copy.advanced(by: line)[] = units.advanced(by: line)[]
      line = line &+ 1
    }
    guard let code = pool.take(WatchedCode.self) else {
      pool.give(copy, count: Int(lineCount))
      return nil
    }
    code[] = WatchedCode(
      code: address, firstLine: firstLine, lineCount: lineCount, units: copy,
      unitCount: unitCount, suspends: suspends, startOffset: startOffset)
    guard watched.insert(address, code, pool: &pool) else {
      giveBack(code)
      return nil
    }
    if suspends { suspendingCodes = suspendingCodes &+ 1 }
    return code
  }

  /// Stops watching; tables that counted the code keep what they have, and frames that still run
  /// are counted no more.
  mutating func unwatch(_ code: Ref<WatchedCode>) {
    watched.remove(code[].code)
    while let table = code[].tables {
      code[].tables = table[].nextOfCode
      table[].code = nil
    }
    discardActivations(of: code)
    if code[].suspends { suspendingCodes = suspendingCodes &- 1 }
    giveBack(code)
  }

  func giveBack(_ code: Ref<WatchedCode>) {
    pool.give(code[].units, count: Int(code[].lineCount))
    pool.give(code)
  }

  // MARK: - Sessions

  mutating func makeSession(_ backend: Backend) -> Ref<Session>? {
    guard let session = pool.take(Session.self) else { return nil }
    session[] = Session(backend: backend)
    return session
  }

  /// A table in which `session` counts `code`.
  mutating func attach(_ code: Ref<WatchedCode>, to session: Ref<Session>) -> Ref<LineTable>? {
    guard let table = pool.take(LineTable.self) else { return nil }
    table[] = LineTable(
      session: session, code: code, unitCount: code[].unitCount, nextOfCode: code[].tables,
      nextOfSession: session[].tables)
    code[].tables = table
    session[].tables = table
    return table
  }

  /// The session is on for the threads of `scope`, until `end` was called as often.
  mutating func begin(_ session: Ref<Session>, for scope: SessionScope) -> Bool {
    if scope == .allThreads {
      session[].begunForAll = session[].begunForAll &+ 1
    } else {
      guard let thread = currentThread() else { return false }
      guard let begun = begun(session, by: thread) else { return false }
      begun[].count = begun[].count &+ 1
      if scope == .thisAndNewThreads {
        if session[].begunForNew == 0 { session[].highestOld = python.threads.highest() }
        session[].begunForNew = session[].begunForNew &+ 1
      }
    }
    sessionsOn = sessionsOn &+ 1
    return true
  }

  mutating func end(_ session: Ref<Session>, for scope: SessionScope) {
    if scope == .allThreads {
      guard session[].begunForAll > 0 else { return }
      session[].begunForAll = session[].begunForAll &- 1
    } else {
      guard let thread = currentThread(), let begun = begun(session, by: thread),
        begun[].count > 0
      else { return }
      begun[].count = begun[].count &- 1
      if scope == .thisAndNewThreads { session[].begunForNew = session[].begunForNew &- 1 }
    }
    sessionsOn = sessionsOn &- 1
  }

  private mutating func begun(_ session: Ref<Session>, by thread: Ref<ThreadRecord>) -> Ref<
    Session.Begun
  >? {
    var node = session[].begun
    while let one = node {
      if one[].thread == thread {
        if one[].life != thread[].life {
          // The thread that began it ended without ending it.
          sessionsOn = sessionsOn &- one[].count
          one[].count = 0
          one[].life = thread[].life
        }
        return one
      }
      node = one[].next
    }
    guard let one = pool.take(Session.Begun.self) else { return nil }
    one[] = Session.Begun(thread: thread, life: thread[].life, next: session[].begun)
    session[].begun = one
    return one
  }

  /// Takes the session's figures back to none; false, and nothing has changed, where it is on or a
  /// frame that it counts still runs.
  func reset(_ session: Ref<Session>) -> Bool {
    if session[].begunForAll > 0 || session[].begunForNew > 0 { return false }
    var begun = session[].begun
    while let one = begun {
      if one[].count > 0 { return false }
      begun = one[].next
    }
    var table = session[].tables
    while let one = table {
      if one[].activations > 0 { return false }
      table = one[].nextOfSession
    }
    table = session[].tables
    while let one = table {
      one[].baseline = Int.min
      one[].order = 0
      one[].isRecursive = false
      one[].callsElsewhere = 0
      clearRows(of: one)
      table = one[].nextOfSession
    }
    return true
  }

  private func clearRows(of table: Ref<LineTable>) {
    var node = table[].threads
    while let rows = node {
      var unit: Int32 = 0
      while unit < table[].unitCount {
        rows[].row(unit)[] = Row()
        unit = unit &+ 1
      }
      node = rows[].next
    }
  }

  /// Gives the session and its tables back.
  ///
  /// Frames that still run keep theirs until they end.
  mutating func destroy(_ session: Ref<Session>) {
    sessionsOn = sessionsOn &- session[].begunForAll
    while let begun = session[].begun {
      sessionsOn = sessionsOn &- begun[].count
      session[].begun = begun[].next
      pool.give(begun)
    }
    while let table = session[].tables {
      session[].tables = table[].nextOfSession
      let code = table[].code
      detach(table)
      table[].abandoned = true
      if table[].activations == 0 { giveBack(table) }
      // The last session that counted it: in one step with the rest, so that no other can come between.
      if let code, code[].tables == nil { unwatch(code) }
    }
    pool.give(session)
  }

  private func detach(_ table: Ref<LineTable>) {
    guard let code = table[].code, let first = code[].tables else { return }
    if first == table {
      code[].tables = table[].nextOfCode
      return
    }
    var before = first
    while let next = before[].nextOfCode {
      if next == table {
        before[].nextOfCode = next[].nextOfCode
        return
      }
      before = next
    }
  }

  func giveBack(_ table: Ref<LineTable>) {
    while let rows = table[].threads {
      table[].threads = rows[].next
      pool.give(rows[].rows, count: Int(table[].unitCount))
      pool.give(rows)
    }
    pool.give(table)
  }

  // MARK: - Rows

  /// The thread's rows of a table, made when it first needs them.
  func rows(of table: Ref<LineTable>, on thread: Ref<ThreadRecord>) -> Ref<ThreadRows>? {
    var node = table[].threads
    while let one = node {
      if one[].thread == thread { return one }
      node = one[].next
    }
    guard let rows = pool.take(Row.self, count: Int(table[].unitCount)) else { return nil }
    guard let one = pool.take(ThreadRows.self) else {
      pool.give(rows, count: Int(table[].unitCount))
      return nil
    }
    one[] = ThreadRows(thread: thread, next: table[].threads, table: table, rows: rows)
    table[].threads = one
    return one
  }

  /// What all threads together did in `unit`: sums, the highest usage, the earliest order.
  func total(of table: Ref<LineTable>, unit: Int32) -> Row {
    var total = Row()
    var node = table[].threads
    while let rows = node {
      let row = rows[].row(unit)[]
      total.occurrences = total.occurrences &+ row.occurrences
      total.increment = total.increment &+ row.increment
      total.rssIncrement = total.rssIncrement &+ row.rssIncrement
      total.ticks = total.ticks &+ row.ticks
      total.heap.add(row.heap)
      if row.order > 0 {
        if total.order == 0 || row.usage > total.usage { total.usage = row.usage }
        total.order = total.order == 0 ? row.order : min(total.order, row.order)
      }
      node = rows[].next
    }
    return total
  }
}
