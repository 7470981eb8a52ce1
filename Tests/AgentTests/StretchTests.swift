// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Agent

/// Stretches of one thread against a model that remembers every figure.
@Suite(.serialized) struct StretchTests {
  private static let count = 3

  /// A thread's ledger with some stretches on it, and all that the ledger ever had live.
  private struct Thread {
    let ledger: Ref<ThreadLedger>
    let stretches: Ref<Stretch>
    /// All values of `live`, in order.
    var history = [0]
    /// Where in the history each stretch began; nil: it is not open.
    var began: [Int?] = Array(repeating: nil, count: StretchTests.count)

    init(_ pool: inout Pool) throws {
      ledger = try pool.taken(ThreadLedger.self)
      stretches = try pool.taken(Stretch.self, count: StretchTests.count)
    }

    func stretch(_ index: Int) -> Ref<Stretch> { stretches.advanced(by: index) }

    mutating func take(_ step: Step) {
      switch step {
      case .begin(let index):
        if began[index] != nil { return }
        stretch(index).begin(on: ledger, at: HeapReading(ledger))
        began[index] = history.count - 1
      case .turn(let index):
        if began[index] == nil { return }
        stretch(index).turn(at: HeapReading(ledger))
        began[index] = history.count - 1
      case .end(let index):
        if began[index] == nil { return }
        stretch(index).end()
        began[index] = nil
      case .take(let bytes): ledger.countBlock(bytes, requested: bytes)
      case .takeObject(let bytes): ledger.countObject(bytes, requested: bytes)
      case .give(let bytes): ledger[].gaveBlock(0, bytes)
      case .giveObject(let bytes): ledger[].gaveObject(bytes)
      }
      history.append(ledger[].live)
    }

    /// Whether each open stretch knows the highest figure since it began.
    var isRight: Bool {
      began.enumerated().allSatisfy { index, start in
        guard let start else { return true }
        return stretch(index).peak() == history[start...].max()
          && stretch(index)[].start.live == history[start]
      }
    }

    /// As good as new, on the same memory.
    mutating func reset() {
      ledger[] = ThreadLedger()
      for index in 0..<StretchTests.count { stretch(index)[] = Stretch(ledger: ledger) }
      history = [0]
      began = Array(repeating: nil, count: StretchTests.count)
    }
  }

  private enum Step {
    case begin(Int)
    case turn(Int)
    case end(Int)
    case take(Int)
    case takeObject(Int)
    case give(Int)
    case giveObject(Int)
  }

  @Test func `in every order of four steps each stretch knows its own peak`() throws {
    var steps: [Step] = [.take(100), .give(64)]
    for index in 0..<Self.count { steps += [.begin(index), .turn(index), .end(index)] }
    var pool = Pool()
    var thread = try Thread(&pool)
    var wrong = 0
    for one in steps {
      for two in steps {
        for three in steps {
          for four in steps {
            thread.reset()
            // Two are open, and the ledger has been higher than it is.
            for step: Step in [.take(50), .begin(0), .take(30), .begin(1), .give(40)] {
              thread.take(step)
            }
            for step in [one, two, three, four] { thread.take(step) }
            thread.take(.take(10))
            if !thread.isRight { wrong += 1 }
          }
        }
      }
    }
    #expect(wrong == 0)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `over random steps each stretch knows its own peak at every moment`(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    var pool = Pool()
    var thread = try Thread(&pool)
    for round in 0..<300 {
      thread.reset()
      for count in 0..<60 {
        let index = Int(random.next() % UInt64(Self.count))
        let bytes = Int(random.next() % 1000)
        let step: Step =
          switch random.next() % 8 {
          case 0, 1: .begin(index)
          case 2: .turn(index)
          case 3: .end(index)
          case 4: .take(bytes)
          case 5: .takeObject(bytes)
          case 6: .give(bytes)
          default: .giveObject(bytes)
          }
        thread.take(step)
        guard thread.isRight else {
          Issue.record("seed \(seed), round \(round), step \(count): \(step)")
          return
        }
      }
    }
  }

  @Test func `nested stretches may end from the outside in`() throws {
    var pool = Pool()
    var thread = try Thread(&pool)
    thread.reset()
    for step: Step in [
      .begin(0), .take(1000), .give(1000), .begin(1), .take(300), .give(300), .begin(2), .take(7),
    ] { thread.take(step) }
    #expect(thread.stretch(0).peak() == 1000)
    #expect(thread.stretch(1).peak() == 300)
    #expect(thread.stretch(2).peak() == 7)
    thread.take(.end(0))
    #expect(thread.stretch(1).peak() == 300)
    thread.take(.end(1))
    #expect(thread.stretch(2).peak() == 7)
    thread.take(.end(2))
    #expect(thread.ledger[].stretches == nil)
  }

  @Test func `a stretch that frees more than it takes peaks at its start`() throws {
    var pool = Pool()
    var thread = try Thread(&pool)
    thread.reset()
    for step: Step in [.take(500), .begin(0), .give(400), .take(100)] { thread.take(step) }
    #expect(thread.stretch(0).peak() - thread.stretch(0)[].start.live == 0)
  }
}

/// What a line's figures are made of: differences of readings.
@Suite struct HeapFiguresTests {
  private func reading(
    live: Int, allocated: Int, allocations: Int, requested: Int, python: Int
  ) -> HeapReading {
    var reading = HeapReading()
    reading.live = live
    reading.allocated = allocated
    reading.allocations = allocations
    reading.requested = requested
    reading.python = python
    return reading
  }

  @Test func `volumes are sums over the executions, the peak is the highest`() {
    let first = reading(live: 100, allocated: 1000, allocations: 10, requested: 900, python: 40)
    let second = reading(live: 160, allocated: 1100, allocations: 13, requested: 980, python: 30)
    let third = reading(live: 60, allocated: 1100, allocations: 13, requested: 980, python: 30)
    var figures = HeapFigures()
    figures.add(from: first, to: second, peak: 190, others: 5)
    figures.add(from: second, to: third, peak: 160, others: -7)
    #expect(figures.allocated == 100)
    #expect(figures.freed == 40 + 100)
    #expect(figures.allocations == 3)
    #expect(figures.requested == 80)
    #expect(figures.python == -10)
    #expect(figures.otherThreads == -2)
    #expect(figures.ownPeak == 90)
  }

  @Test func `what threads did adds up, but for their peaks`() {
    var one = HeapFigures()
    one.add(
      from: HeapReading(),
      to: reading(live: 10, allocated: 30, allocations: 2, requested: 25, python: 8), peak: 20,
      others: 1)
    var sum = HeapFigures()
    sum.add(one)
    sum.add(one)
    #expect(sum.allocated == 60 && sum.freed == 40 && sum.allocations == 4)
    #expect(sum.requested == 50 && sum.python == 16 && sum.otherThreads == 2)
    #expect(sum.ownPeak == 20)
  }

  @Test func `a reading counts blocks and small objects together`() throws {
    var pool = Pool()
    let ledger = try pool.taken(ThreadLedger.self)
    ledger.countBlock(1000, requested: 990)
    ledger.countObject(48, requested: 40)
    ledger[].gaveBlock(0, 600)
    ledger[].gaveObject(16)
    let reading = HeapReading(ledger)
    #expect(reading.live == 432)
    #expect(reading.python == 32)
    #expect(reading.allocated == 1048)
    #expect(reading.allocations == 2)
    #expect(reading.requested == 1030)
  }
}
