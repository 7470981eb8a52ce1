// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent
import Glibc
import Testing

@testable import Agent

/// Records of threads that come and go.
@Suite(.serialized) struct LedgersTests {
  init() { startLedgers() }

  /// Runs `body` on a thread of its own, and waits for the thread's end.
  private func onThread(_ body: @escaping () -> Void) throws {
    try start(body).join()
  }

  private struct Started {
    let thread: pthread_t
    func join() { pthread_join(thread, nil) }
  }

  private func start(_ body: @escaping () -> Void) throws -> Started {
    final class Job {
      let body: () -> Void
      init(_ body: @escaping () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let job = Unmanaged.passRetained(Job(body))
    let failed = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, job.toOpaque())
    guard failed == 0 else { throw NoMemory() }
    return Started(thread: thread)
  }

  private var records: Int {
    var count = 0
    forEachLedger { _ in count += 1 }
    return count
  }

  /// Bytes that no other test counts.
  private static let odd = 1 << 40

  @Test func `a thread has one ledger, and two threads have two`() throws {
    guard let mine = currentLedger() else { throw NoMemory() }
    #expect(currentLedger()?.address == mine.address)
    var other = 0
    var again = 0
    try onThread {
      other = currentLedger()?.address ?? 0
      again = currentLedger()?.address ?? 0
    }
    #expect(other != 0 && other == again && other != mine.address)
    #expect(other & 63 == 0)
  }

  @Test func `a thread's record is handed on at its end, with what it counted`() throws {
    var seen: [Int: Int] = [:]
    for _ in 0..<200 {
      try onThread {
        guard let ledger = currentLedger() else { return }
        ledger.countBlock(10, requested: 10)
        seen[ledger.address, default: 0] += 1
      }
    }
    #expect(seen.values.reduce(0, +) == 200)
    // Other tests' threads may take and give some meanwhile.
    #expect(seen.count < 20)
  }

  @Test func `two hundred threads one after the other need no more memory`() throws {
    try onThread { _ = currentLedger() }
    let before = records
    for _ in 0..<200 { try onThread { _ = currentLedger() } }
    #expect(records - before <= 64)
  }

  @Test func `threads that run at once have records apart`() throws {
    let count = 100
    let places = UnsafeMutablePointer<Int>.allocate(capacity: count)
    var gate = pthread_barrier_t()
    pthread_barrier_init(&gate, nil, UInt32(count))
    try withUnsafeMutablePointer(to: &gate) { gate in
      let threads = try (0..<count).map { index in
        try start {
          places[index] = currentLedger()?.address ?? 0
          pthread_barrier_wait(gate)
        }
      }
      threads.forEach { $0.join() }
    }
    let found = Set((0..<count).map { places[$0] })
    #expect(found.count == count && !found.contains(0))
    #expect(Set(found.map { $0 / 64 }).count == count)
    pthread_barrier_destroy(&gate)
    places.deallocate()
  }

  @Test func `what ended threads left is in the sum`() throws {
    let before = liveOfAllThreads()
    for index in 1...50 {
      try onThread {
        currentLedger()?.countBlock(Self.odd * index, requested: 0)
        currentLedger()?.countObject(Self.odd, requested: 0)
        currentLedger()?[].gaveBlock(0, Self.odd)
      }
    }
    let after = liveOfAllThreads()
    let sum = Self.odd * (50 * 51 / 2)
    // Other tests count their own, which is little.
    #expect(abs(after - before - sum) < Self.odd / 2)
    currentLedger()?[].gaveBlock(0, sum)
    #expect(abs(liveOfAllThreads() - before) < Self.odd / 2)
  }

  @Test func `a new thread finds nothing open in its record`() throws {
    try onThread { currentLedger()?.countBlock(1_000_000, requested: 0) }
    for _ in 0..<10 {
      try onThread {
        guard let ledger = currentLedger() else { return }
        #expect(ledger[].quiet == 0 && ledger[].stretches == nil && ledger[].holds == 0)
      }
    }
  }

  @Test func `a thread that allocates after its own end was announced is counted`() throws {
    // Another library's key, made later than ours: its destructor comes after ours, in the last round,
    // too.
    var key = pthread_key_t()
    pthread_key_create(&key) { value in
      currentLedger()?.countBlock(LedgersTests.odd, requested: 0)
      let round = Int(bitPattern: value)
      if round < 4 { pthread_setspecific(LateKey.key, UnsafeRawPointer(bitPattern: round + 1)) }
    }
    LateKey.key = key
    let before = liveOfAllThreads()
    let recordsBefore = records
    for _ in 0..<200 {
      try onThread {
        _ = currentLedger()
        pthread_setspecific(LateKey.key, UnsafeRawPointer(bitPattern: 1))
      }
    }
    let sum = 200 * 4 * Self.odd
    #expect(abs(liveOfAllThreads() - before - sum) < Self.odd / 2)
    #expect(records - recordsBefore <= 64)
    currentLedger()?[].gaveBlock(0, sum)
    pthread_key_delete(key)
  }

  @Test func `a child that was forked keeps its own ledger and hands on the others`() throws {
    // In a child only what is safe there: nothing that takes a lock.
    currentLedger()?.countBlock(8, requested: 8)
    let mine = currentLedger()?.address ?? 0
    var gate = pthread_barrier_t()
    pthread_barrier_init(&gate, nil, 2)
    try withUnsafeMutablePointer(to: &gate) { gate in
      let other = try start {
        _ = currentLedger()
        pthread_barrier_wait(gate)
        pthread_barrier_wait(gate)
      }
      pthread_barrier_wait(gate)
      let child = forkByName()
      if child == 0 {
        var inUse = 0
        forEachLedger { if $0[].owner != 0 { inUse += 1 } }
        _exit(inUse == 1 && peakline_ledger_get() == mine ? 0 : 1)
      }
      var status: Int32 = -1
      waitpid(child, &status, 0)
      #expect(status == 0)
      pthread_barrier_wait(gate)
      other.join()
    }
    pthread_barrier_destroy(&gate)
  }
}

/// The key of a test, where a C function finds it.
private enum LateKey {
  nonisolated(unsafe) static var key = pthread_key_t()
}

/// fork(2), which Swift's Glibc hides.
private func forkByName() -> pid_t {
  typealias Fork = @convention(c) () -> pid_t
  guard let place = dlsym(UnsafeMutableRawPointer(bitPattern: 0), "fork") else { return -1 }
  return unsafeBitCast(place, to: Fork.self)()
}
