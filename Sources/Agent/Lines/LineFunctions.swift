// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What a program that makes a profiler anew for every call of a function does each time:
// METH_FASTCALL functions, since a call through ctypes costs more than what they do.

import CAgent

/// `session_on(session, scope) -> int`: the session is on, for the threads that `sessionBegin` names; 0
/// where there is no memory.
@c(peakline_session_on)
public func sessionOn(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  let begun = sessionBegin(
    python.number(load(arguments)),
    Int32(truncatingIfNeeded: python.number(load(arguments &+ 8))))
  return python.integer(Int(begun))
}

/// `session_off(session, scope) -> int`: takes one `session_on` back.
@c(peakline_session_off)
public func sessionOff(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  sessionEnd(
    python.number(load(arguments)),
    Int32(truncatingIfNeeded: python.number(load(arguments &+ 8))))
  return python.integer(0)
}

/// `session_reset(session) -> int`: the figures begin anew; 0, and nothing has changed, where it is
/// on or a frame that it counts still runs.
@c(peakline_session_reset)
public func sessionReset(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  guard let session = Ref<Session>(address: python.number(load(arguments))) else {
    return python.integer(0)
  }
  return python.integer(engine.reset(session) ? 1 : 0)
}

/// A row of `table_figures`: five words.
private struct Figures: BitwiseCopyable {
  /// Its rank among the rows by when it was first measured.
  var order: Int
  var unit: Int
  /// MiB; of the header, with the baseline.
  var increment: Double
  /// MiB.
  var usage: Double
  var occurrences: Int
}

private let bytesPerMiB = 1_048_576.0

/// `table_figures(table) -> bytes`: the classic figures of each unit that was measured, in the order in
/// which they were first.
///
/// The header's increment has what was in use at the first call.
@c(peakline_table_figures)
public func tableFigures(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  guard let table = Ref<LineTable>(address: python.number(load(arguments))),
    let rows = pool.take(Figures.self, count: Int(table[].unitCount))
  else { return python.bytes(0, 0) }
  var written = 0
  var unit: Int32 = 0
  while unit < table[].unitCount {
    let row = engine.total(of: table, unit: unit)
    if row.order > 0 {
      var increment = row.increment
      // A frame that was only resumed has no header, and no baseline.
      if unit == 0 && table[].baseline != Int.min { increment = increment &+ table[].baseline }
      insert(
        Figures(
          order: Int(row.order), unit: Int(unit), increment: Double(increment) / bytesPerMiB,
          usage: Double(row.usage) / bytesPerMiB, occurrences: row.occurrences),
        into: rows, after: written)
      written = written &+ 1
    }
    unit = unit &+ 1
  }
  let result = python.bytes(rows.address, written &* MemoryLayout<Figures>.stride)
  pool.give(rows, count: Int(table[].unitCount))
  return result
}

/// Most come in order already.
private func insert(_ row: Figures, into rows: Ref<Figures>, after count: Int) {
  var place = count
  while place > 0 && rows.advanced(by: place &- 1)[].order > row.order {
    rows.advanced(by: place)[] = rows.advanced(by: place &- 1)[]
    place = place &- 1
  }
  rows.advanced(by: place)[] = row
}
