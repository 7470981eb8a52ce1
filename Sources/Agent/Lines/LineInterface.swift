// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

// The line engine's part of the C interface. Called with the GIL held. Handles are addresses of the
// agent's records; 0 means that there is no memory.

/// The agent's own memory; its size is taken off every reading.
@safe nonisolated(unsafe) var pool = Pool()

/// The one line engine of the process.
@safe nonisolated(unsafe) var engine = LineEngine()

/// Whether any session counts a code object.
@c(peakline_is_watched)
public func isWatched(_ code: Int) -> Int32 { engine.watched[code] != nil ? 1 : 0 }

/// A new session over one backend (0 rss, 1 pss, 2 uss, 3 tracemalloc, 4 heap).
@c(peakline_session_make)
public func sessionMake(_ backend: Int32) -> Int {
  engine.start()
  return engine.makeSession(Backend(number: UInt8(truncatingIfNeeded: backend)))?.address ?? 0
}

/// Gives a session and its tables back.
@c(peakline_session_destroy)
public func sessionDestroy(_ session: Int) {
  guard let session = Ref<Session>(address: session) else { return }
  engine.destroy(session)
  evaluationHook.update(needed: engine.isNeeded)
}

/// The table in which the session counts a code object, which is watched from now on.
///
/// `units` holds, for each of `lineCount` lines from `firstLine`, the unit it belongs to; for a code
/// that is watched already, its own count.
@c(peakline_session_attach)
public func sessionAttach(
  _ session: Int, _ code: Int, _ firstLine: Int32, _ units: UnsafeMutablePointer<Int32>?,
  _ lineCount: Int32, _ unitCount: Int32, _ suspends: Int32, _ startOffset: Int32
) -> Int {
  guard let session = Ref<Session>(address: session), let units = unsafe units else { return 0 }
  let watched =
    unsafe engine.watched[code]
    ?? engine.watch(
      code, firstLine: firstLine, units: Ref(units), lineCount: lineCount, unitCount: unitCount,
      suspends: suspends != 0, startOffset: startOffset)
  guard let watched else { return 0 }
  let table = engine.attach(watched, to: session)
  if table == nil && watched[].tables == nil { engine.unwatch(watched) }
  unwindEvents.needForSuspended()
  return table?.address ?? 0
}

/// The session is on, for the calling thread (0), for all (1), or for the calling one and those that
/// start from now on (2); 0 when there is no memory.
@c(peakline_session_begin)
public func sessionBegin(_ session: Int, _ scope: Int32) -> Int32 {
  guard let session = Ref<Session>(address: session) else { return 0 }
  let begun = engine.begin(session, for: SessionScope(number: scope))
  if begun {
    evaluationHook.update(needed: true)
    unwindEvents.needForSuspended()
  }
  return begun ? 1 : 0
}

/// Takes one begin of the same scope back.
@c(peakline_session_end)
public func sessionEnd(_ session: Int, _ scope: Int32) {
  guard let session = Ref<Session>(address: session) else { return }
  engine.end(session, for: SessionScope(number: scope))
  evaluationHook.update(needed: engine.isNeeded)
}

/// The backend's figure in bytes when the table's code was first entered; the least integer if it
/// was not.
@c(peakline_table_baseline)
public func tableBaseline(_ table: Int) -> Int {
  Ref<LineTable>(address: table)?[].baseline ?? Int.min
}

/// Whether the table's code was entered on a thread that stood in it already.
@c(peakline_table_recursive)
public func tableRecursive(_ table: Int) -> Int32 {
  Ref<LineTable>(address: table)?[].isRecursive == true ? 1 : 0
}

/// How often the table's code was called, while its session was on for new threads, by threads that were
/// not.
@c(peakline_table_calls_elsewhere)
public func tableCallsElsewhere(_ table: Int) -> Int {
  Ref<LineTable>(address: table)?[].callsElsewhere ?? 0
}

/// Writes a row of 14 words for each unit that was entered, and says how many: unit, order of first
/// measurement (0: still running for the first time), occurrences, usage, increment, resident
/// increment (bytes), seconds (the bits of a double); and of the heap own peak, bytes allocated, bytes
/// freed, blocks allocated, the increment's part that is small objects of Python, bytes asked for, and
/// the other threads' change.
@c(peakline_table_read)
public func tableRead(_ table: Int, _ words: UnsafeMutablePointer<Int>?, _ capacity: Int32) -> Int32
{
  guard let table = Ref<LineTable>(address: table), let words = unsafe words else { return 0 }
  let secondsPerTick = engine.clock.secondsPerTick()
  var place = unsafe Ref(words)
  var written: Int32 = 0
  var unit: Int32 = 0
  while unit < table[].unitCount && written < capacity {
    let row = engine.total(of: table, unit: unit)
    if row.occurrences > 0 || row.order > 0 {
      let seconds = Double(row.ticks) * secondsPerTick
      place.advanced(by: 0)[] = Int(unit)
      place.advanced(by: 1)[] = Int(row.order)
      place.advanced(by: 2)[] = row.occurrences
      place.advanced(by: 3)[] = row.usage
      place.advanced(by: 4)[] = row.increment
      place.advanced(by: 5)[] = row.rssIncrement
      place.advanced(by: 6)[] = Int(bitPattern: UInt(seconds.bitPattern))
      place.advanced(by: 7)[] = row.heap.ownPeak
      place.advanced(by: 8)[] = row.heap.allocated
      place.advanced(by: 9)[] = row.heap.freed
      place.advanced(by: 10)[] = row.heap.allocations
      place.advanced(by: 11)[] = row.heap.python
      place.advanced(by: 12)[] = row.heap.requested
      place.advanced(by: 13)[] = row.heap.otherThreads
      place = place.advanced(by: 14)
      written = written &+ 1
    }
    unit = unit &+ 1
  }
  return written
}

/// Events that were lost because the system had no memory for the agent.
@c(peakline_dropped)
public func dropped() -> Int { engine.dropped }

/// Calls that ran without the hook because the C stack was too full for it (CPython 3.10 and 3.11).
@c(peakline_too_deep)
public func tooDeep() -> Int { evaluationHook.tooDeep }

/// How often our trace function was gone when a measured frame called another or was left (CPython 3.10
/// and 3.11).
@c(peakline_untraced)
public func untraced() -> Int { evaluationHook.untraced }

/// Whether this kernel shows every single page at once: if not, lines of few pages are approximate.
@c(peakline_exact_to_the_page)
public func exactToThePage() -> Int32 {
  engine.start()
  return engine.readings.exactToThePage ? 1 : 0
}
