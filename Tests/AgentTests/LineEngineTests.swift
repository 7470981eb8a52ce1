// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent
import Testing

@testable import Agent

/// The engine driven by hand: no Python, only its four events.
@Suite(.serialized) struct LineEngineTests {
  /// A function of `count` one-line statements from line 10 on, counted by a session.
  private struct Watched {
    let address: Int
    let code: Ref<WatchedCode>
    let session: Ref<Session>
    let table: Ref<LineTable>

    init(
      _ engine: inout LineEngine, address: Int, lines count: Int = 5, session: Ref<Session>? = nil
    )
      throws
    {
      let units = try pool.taken(Int32.self, count: count)
      for line in 0..<count { units.advanced(by: line)[] = Int32(line) }
      self.address = address
      let watched =
        engine.watched[address]
        ?? engine.watch(
          address, firstLine: 10, units: units, lineCount: Int32(count), unitCount: Int32(count),
          suspends: false, startOffset: -1)
      let counting = session ?? engine.makeSession(.rss)
      guard let watched, let counting else { throw NoMemory() }
      guard let table = engine.attach(watched, to: counting) else { throw NoMemory() }
      self.code = watched
      self.session = counting
      self.table = table
    }

    func occurrences(_ engine: LineEngine) -> [Int] {
      (0..<table[].unitCount).map { engine.total(of: table, unit: $0).occurrences }
    }
  }

  private func begun(_ engine: inout LineEngine, _ address: Int) throws -> Watched {
    // The thread may still have the record that another test's engine gave it.
    if engine.watched.count == 0 { unsafe peakline_thread_slot().pointee = nil }
    let watched = try Watched(&engine, address: address)
    guard engine.begin(watched.session, for: .thisThread) else { throw NoMemory() }
    return watched
  }

  @Test func `lines are counted when control comes to them from another`() throws {
    var engine = LineEngine()
    let function = try begun(&engine, 0x1000)
    engine.enter(function.code, resumingAt: nil)
    for line in [11, 12, 13, 12, 13, 12, 12, 14] { engine.line(line, ofCode: 0x1000) }
    engine.leave(code: 0x1000)
    #expect(function.occurrences(engine) == [1, 1, 3, 2, 1])
    #expect(engine.activations == 0)
  }

  @Test func `resuming goes on in the line without counting it`() throws {
    var engine = LineEngine()
    let function = try begun(&engine, 0x1000)
    engine.enter(function.code, resumingAt: nil)
    engine.line(11, ofCode: 0x1000)
    engine.leave(code: 0x1000)
    for _ in 0..<3 {
      engine.enter(function.code, resumingAt: 11)
      engine.line(12, ofCode: 0x1000)
      engine.line(11, ofCode: 0x1000)
      engine.leave(code: 0x1000)
    }
    #expect(function.occurrences(engine) == [1, 4, 3, 0, 0])
  }

  @Test func `a recursive line is timed once, not once a level`() throws {
    var engine = LineEngine()
    let function = try begun(&engine, 0x1000)
    let start = peakline_ticks()
    for _ in 0..<50 {
      engine.enter(function.code, resumingAt: nil)
      engine.line(11, ofCode: 0x1000)
    }
    for _ in 0..<50 { engine.leave(code: 0x1000) }
    let elapsed = peakline_ticks() - start
    let row = engine.total(of: function.table, unit: 1)
    #expect(row.occurrences == 50)
    #expect(row.ticks <= elapsed)
  }

  @Test(arguments: [1, 2, 3])
  func `a code entered by its own line is recursive, at whatever depth`(depth: Int) throws {
    var engine = LineEngine()
    let function = try begun(&engine, 0x1000)
    let other = try Watched(&engine, address: 0x2000, session: function.session)
    engine.enter(other.code, resumingAt: nil)
    for _ in 0..<depth {
      // The inner call need not come to the line that made the outer one.
      engine.enter(function.code, resumingAt: nil)
      engine.line(11, ofCode: 0x1000)
    }
    for _ in 0..<depth { engine.leave(code: 0x1000) }
    engine.leave(code: 0x2000)
    #expect(function.table[].isRecursive == (depth > 1))
    #expect(!other.table[].isRecursive)
  }

  @Test func `calls after each other and on two threads at once are no recursion`() throws {
    var engine = LineEngine()
    let function = try begun(&engine, 0x1000)
    guard engine.begin(function.session, for: .allThreads) else { throw NoMemory() }
    for _ in 0..<3 {
      engine.enter(function.code, resumingAt: nil)
      engine.leave(code: 0x1000)
    }
    engine.enter(function.code, resumingAt: nil)
    let thread = unsafe peakline_thread_slot().pointee
    unsafe peakline_thread_slot().pointee = nil
    engine.enter(function.code, resumingAt: nil)
    engine.leave(code: 0x1000)
    unsafe peakline_thread_slot().pointee = thread
    engine.leave(code: 0x1000)
    #expect(engine.activations == 0)
    #expect(!function.table[].isRecursive)
    engine.enter(function.code, resumingAt: nil)
    engine.enter(function.code, resumingAt: nil)
    #expect(function.table[].isRecursive)
  }

  @Test func `frames that began before the session are not counted`() throws {
    var engine = LineEngine()
    let function = try Watched(&engine, address: 0x1000)
    engine.enter(function.code, resumingAt: nil)
    engine.line(11, ofCode: 0x1000)
    guard engine.begin(function.session, for: .thisThread) else { throw NoMemory() }
    engine.line(12, ofCode: 0x1000)
    engine.leave(code: 0x1000)
    #expect(function.occurrences(engine) == [0, 0, 0, 0, 0])
  }

  @Test func `sessions that overlap each count what is theirs`() throws {
    var engine = LineEngine()
    let outer = try begun(&engine, 0x1000)
    engine.enter(outer.code, resumingAt: nil)
    engine.line(11, ofCode: 0x1000)
    let inner = try begun(&engine, 0x1000)
    engine.enter(inner.code, resumingAt: nil)
    engine.line(12, ofCode: 0x1000)
    engine.leave(code: 0x1000)
    engine.end(inner.session, for: .thisThread)
    engine.line(13, ofCode: 0x1000)
    engine.leave(code: 0x1000)
    #expect(outer.occurrences(engine) == [2, 1, 1, 1, 0])
    #expect(inner.occurrences(engine) == [1, 0, 1, 0, 0])
  }

  @Test func `a session destroyed while its frames run harms nobody`() throws {
    var engine = LineEngine()
    let kept = try begun(&engine, 0x1000)
    let lost = try begun(&engine, 0x1000)
    engine.enter(kept.code, resumingAt: nil)
    engine.line(11, ofCode: 0x1000)
    engine.destroy(lost.session)
    engine.line(12, ofCode: 0x1000)
    engine.leave(code: 0x1000)
    #expect(kept.occurrences(engine) == [1, 1, 1, 0, 0])
    #expect(engine.activations == 0)
    #expect(engine.sessionsOn == 1)
  }

  @Test func `a session that nobody is in begins anew, and no other does`() throws {
    var engine = LineEngine()
    let function = try begun(&engine, 0x1000)
    engine.enter(function.code, resumingAt: nil)
    engine.line(11, ofCode: 0x1000)
    #expect(!engine.reset(function.session))  // on
    engine.end(function.session, for: .thisThread)
    #expect(!engine.reset(function.session))  // off, but its frame runs
    engine.leave(code: 0x1000)
    #expect(function.occurrences(engine) == [1, 1, 0, 0, 0])
    #expect(function.table[].baseline != Int.min)
    #expect(engine.reset(function.session))
    #expect(function.occurrences(engine) == [0, 0, 0, 0, 0])
    #expect(function.table[].baseline == Int.min)
    guard engine.begin(function.session, for: .allThreads) else { throw NoMemory() }
    #expect(!engine.reset(function.session))
    engine.enter(function.code, resumingAt: nil)
    engine.line(12, ofCode: 0x1000)
    engine.leave(code: 0x1000)
    engine.end(function.session, for: .allThreads)
    #expect(function.occurrences(engine) == [1, 0, 1, 0, 0])
    #expect(engine.total(of: function.table, unit: 2).order == 2)
  }

  @Test func `a code unwatched while it runs is counted no more, and leaves nothing open`() throws {
    var engine = LineEngine()
    let function = try begun(&engine, 0x1000)
    engine.enter(function.code, resumingAt: nil)
    engine.unwatch(function.code)
    #expect(engine.watched[0x1000] == nil)
    // sys.monitoring tells no more events of the frame; the evaluation hook still does.
    #expect(engine.activations == 0)
    engine.line(11, ofCode: 0x1000)
    engine.leave(code: 0x1000)
    #expect(function.occurrences(engine) == [1, 0, 0, 0, 0])
    engine.destroy(function.session)
  }

  @Test func `a frame that nobody counts is not taken for an outer one of its code`() throws {
    var engine = LineEngine()
    let function = try begun(&engine, 0x1000)
    engine.enter(function.code, resumingAt: nil)
    engine.end(function.session, for: .thisThread)
    #expect(engine.isNeeded)
    engine.enter(function.code, resumingAt: nil)
    engine.line(11, ofCode: 0x1000)
    engine.leave(code: 0x1000)
    engine.line(12, ofCode: 0x1000)
    engine.leave(code: 0x1000)
    #expect(function.occurrences(engine) == [1, 0, 1, 0, 0])
    #expect(!engine.isNeeded)
  }

  @Test func `an event of a frame that is not on top finds it`() throws {
    // As when a greenlet switches stacks under the interpreter.
    var engine = LineEngine()
    let one = try begun(&engine, 0x1000)
    let other = try Watched(&engine, address: 0x2000, session: one.session)
    engine.enter(one.code, resumingAt: nil)
    engine.enter(other.code, resumingAt: nil)
    engine.line(11, ofCode: 0x1000)
    engine.line(11, ofCode: 0x2000)
    engine.leave(code: 0x1000)
    engine.leave(code: 0x2000)
    #expect(one.occurrences(engine) == [1, 1, 0, 0, 0])
    #expect(other.occurrences(engine) == [1, 1, 0, 0, 0])
    #expect(engine.activations == 0)
  }

  @Test func `lines that the map does not know change nothing`() throws {
    var engine = LineEngine()
    let function = try begun(&engine, 0x1000)
    engine.enter(function.code, resumingAt: nil)
    for line in [9, 15, -1, 0, Int.max, Int.min] { engine.line(line, ofCode: 0x1000) }
    engine.leave(code: 0x1000)
    #expect(function.occurrences(engine) == [1, 0, 0, 0, 0])
  }

  @Test(arguments: [7, 8, 9] as [UInt64])
  func `random calls of three functions leave nothing open`(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    var engine = LineEngine()
    let first = try begun(&engine, 0x1000)
    let functions = [
      first, try Watched(&engine, address: 0x2000, session: first.session),
      try Watched(&engine, address: 0x3000, session: first.session),
    ]
    var stack: [Watched] = []
    var entered = [0x1000: 0, 0x2000: 0, 0x3000: 0]
    for _ in 0..<50_000 {
      switch random.next() % 4 {
      case 0 where stack.count < 100:
        let function = functions[Int(random.next() % 3)]
        engine.enter(function.code, resumingAt: nil)
        entered[function.address, default: 0] += 1
        stack.append(function)
      case 1:
        if let top = stack.popLast() { engine.leave(code: top.address) }
      default:
        if let top = stack.last {
          engine.line(10 + Int(random.next() % 5), ofCode: top.address)
        }
      }
    }
    while let top = stack.popLast() { engine.leave(code: top.address) }
    #expect(engine.activations == 0)
    for function in functions {
      for unit in 0..<function.table[].unitCount {
        var rows = function.table[].threads
        while let one = rows {
          #expect(one[].activations == 0, "seed \(seed)")
          #expect(one[].row(unit)[].open == 0, "seed \(seed)")
          rows = one[].next
        }
      }
      // Coming back to the header's line from the body counts as well.
      #expect(
        engine.total(of: function.table, unit: 0).occurrences >= entered[function.address] ?? 0)
    }
  }
}
