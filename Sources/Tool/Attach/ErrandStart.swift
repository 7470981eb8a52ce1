// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAttach
import Glibc

/// How an errand was brought into its process: its memory, and who starts its thread.
///
/// A thread that sleeps is made to start it at once. Where none does, the interpreter is asked to start it
/// between two instructions of its main thread.
struct ErrandStart {
  enum Way { case startThread, callLater }

  let way: Way
  /// The machine code, a page; behind it a stack to call functions on, and the block.
  private let code: UInt64
  /// How long a thread of the process stood still, in seconds.
  let pause: Double

  var block: UInt64 { Self.block(code) }

  private static let page = 4096
  private static let stackSize = 8 * page
  /// Of all of it, in bytes.
  static let size = page + stackSize + (peakline_errand_size() + page - 1) / page * page

  /// Brings a text in, until the deadline, or until `signal` answers one that asks for an end; it is tried
  /// once at least.
  init(
    _ text: String, in process: PythonProcess, until deadline: Instant,
    orSignal signal: () -> Int32?
  ) throws(AttachFailure) {
    var rounds = 0
    while true {
      for thread in SleepingThread.all(of: process.number) {
        let start = try Self(text, process, by: thread.number, round: rounds, until: deadline) {
          stopped in
          stopped.systemCall == thread.systemCall ? .startThread : nil
        }
        if let start {
          self = start
          return
        }
      }
      rounds += 1
      let start = try Self(text, process, by: process.number, round: rounds, until: deadline) {
        stopped in
        let isInterpreters = process.interpreter.contains(stopped.instruction)
        let isBetween =
          process.evaluation?.contains(stopped.instruction) == true || !isInterpreters
        // One that waits may do so for long: soon it is known to sleep.
        guard rounds > Self.patience || isBetween && stopped.systemCall == nil,
          !stopped.isInSequence(process.memory)
        else { return nil }
        return .callLater
      }
      if let start {
        self = start
        return
      }
      if let number = signal() { throw process.failure(.interrupted(by: number, .nothing)) }
      if Instant.now() > deadline { throw process.failure(.noThread) }
    }
  }

  /// How often the main thread is looked at for a moment at which it is not in the middle of the interpreter's
  /// own affairs: it could hold the lock of the calls that are pending.
  ///
  /// So often, too, another may be tracing a thread, as other attaches do for a moment.
  private static let patience = 30

  /// Stops a thread and has it bring the text in; nil if it is not where it should be, which is asked once it
  /// stands still.
  private init?(
    _ text: String, _ process: PythonProcess, by number: pid_t, round: Int, until deadline: Instant,
    way: (inout StoppedThread) -> Way?
  ) throws(AttachFailure) {
    let began = Instant.now()
    do throws(StoppedThread.Refusal) {
      let start = try StoppedThread.visit(number, of: process) {
        thread throws(StoppedThread.Refusal) -> (Way, UInt64)? in
        guard let way = way(&thread) else { return nil }
        return try Self.place(text, process, &thread, way).map { (way, $0) }
      }
      guard let start else { return nil }
      (self.way, code) = start
    } catch {
      switch error {
      case .ended where process.isSame, .unavailable: return nil
      // What is just ending may not be traced any more.
      case .forbidden where !process.isSame: throw process.failure(.hasEnded)
      case .ended: throw process.failure(.hasEnded)
      case .stuck: throw process.failure(.noThread)
      case .stopped: throw process.failure(.stopped)
      case .noRoom: throw process.failure(.noRoom)
      case .notReady where Instant.now() < deadline: return nil
      case .notReady: throw process.failure(.notReady)
      case .forbidden where round < Self.patience: return nil
      case .forbidden: throw process.failure(PythonProcess.whyNotReadable(number))
      }
    }
    pause = Instant.now().seconds(since: began)
  }

  /// The address of the code; nil if it does not go just then, as when as many calls are pending as can be.
  private static func place(
    _ text: String, _ process: PythonProcess, _ thread: inout StoppedThread, _ way: Way
  ) throws(StoppedThread.Refusal) -> UInt64? {
    let (readWrite, readExecute): (UInt64, UInt64) = (3, 5)
    let (ownMemory, there): (UInt64, UInt64) = (0x22, 0x10)
    let map = process.address(of: "mmap")
    // Never to be written by the process itself, nor changed to machine code: some may not do that.
    let code = thread.call(map, [0, UInt64(size), readExecute, ownMemory, .max, 0])
    // The end of its stack, say, is just there.
    guard let code else { return nil }
    // The last of all addresses are errors' numbers.
    guard code < UInt64.max - 4096 else { throw .noRoom }
    let data = code + UInt64(page)
    guard
      thread.call(map, [data, UInt64(size - page), readWrite, ownMemory | there, .max, 0]) == data,
      fill(text, process, &thread, at: code)
    else {
      unmap(code, in: process, by: &thread)
      throw .noRoom
    }
    switch way {
    case .startThread: begin(code, in: process, by: &thread)
    case .callLater:
      let queue = code + UInt64(peakline_errand_queue_offset())
      // Who has not returned may come back to it.
      guard run(queue, code, in: process, by: &thread), let bytes = read(code, in: process) else {
        throw .stuck
      }
      let queued = unsafe bytes.withUnsafeBytes { unsafe peakline_errand_queued($0.baseAddress) }
      if Int(queued) == PEAKLINE_ERRAND_QUEUED { return code }
      unmap(code, in: process, by: &thread)
      if Int(queued) == PEAKLINE_ERRAND_UNREADY { throw .notReady }
      return nil
    }
    return code
  }

  /// Writes code and block into the process.
  private static func fill(
    _ text: String, _ process: PythonProcess, _ thread: inout StoppedThread, at code: UInt64
  ) -> Bool {
    var bytes = [UInt8](repeating: 0, count: peakline_errand_size())
    let fits = unsafe bytes.withUnsafeMutableBytes { bytes in
      unsafe peakline_errand_fill(
        bytes.baseAddress, process.errandFunctions, code, StoppedThread.otherSignals, text)
    }
    // Safe: the code is as long as it says.
    let machineCode = unsafe Array(
      UnsafeBufferPointer(start: peakline_errand_code(), count: peakline_errand_code_size()))
    return fits != 0 && machineCode.count <= page && thread.write(machineCode, at: code)
      && process.memory.write(bytes, at: block(code))
  }

  /// Has a thread that sleeps start what the main thread has not started yet; whether it has.
  func help(_ sleeping: SleepingThread, in process: PythonProcess) -> Bool {
    let isStarted = try? StoppedThread.visit(sleeping.number, of: process) { thread in
      thread.systemCall == sleeping.systemCall && Self.begin(code, in: process, by: &thread)
    }
    return isStarted ?? false
  }

  /// Whether the thread is started.
  @discardableResult
  private static func begin(
    _ code: UInt64, in process: PythonProcess, by thread: inout StoppedThread
  ) -> Bool {
    run(code + UInt64(peakline_errand_begin_offset()), code, in: process, by: &thread)
  }

  /// Has a stopped thread run one of the errand's functions.
  private static func run(
    _ function: UInt64, _ code: UInt64, in process: PythonProcess, by thread: inout StoppedThread
  ) -> Bool {
    let before = pauses(code, in: process)
    return thread.run(function, block(code), stack: code + UInt64(page)..<block(code)) {
      pauses(code, in: process) > before
    }
  }

  /// How often one of the errand's functions has come to its end.
  private static func pauses(_ code: UInt64, in process: PythonProcess) -> UInt32 {
    guard let bytes = read(code, in: process) else { return 0 }
    return unsafe bytes.withUnsafeBytes { unsafe peakline_errand_pauses($0.baseAddress) }
  }

  private static func read(_ code: UInt64, in process: PythonProcess) -> [UInt8]? {
    process.memory.bytes(at: block(code), count: peakline_errand_size())
  }

  private static func block(_ code: UInt64) -> UInt64 { code + UInt64(page + stackSize) }

  /// Gives the memory back.
  func unmap(in process: PythonProcess, by number: pid_t) {
    _ = try? StoppedThread.visit(number, of: process) { Self.unmap(code, in: process, by: &$0) }
  }

  private static func unmap(
    _ code: UInt64, in process: PythonProcess, by thread: inout StoppedThread
  ) {
    _ = thread.call(process.address(of: "munmap"), [code, UInt64(size)])
  }
}
