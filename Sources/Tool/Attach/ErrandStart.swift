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
  /// The machine code, a page, and behind it the block.
  private let code: UInt64
  /// How long a thread of the process stood still, in seconds.
  let pause: Double

  var block: UInt64 { code + UInt64(Self.page) }

  private static let page = 4096
  private static let size = page + (peakline_errand_size() + page - 1) / page * page

  /// Brings a text in, until the deadline; later, it may be tried once.
  init(
    _ text: String, in process: PythonProcess, memory: Int32, until deadline: Instant
  ) throws(AttachFailure) {
    var rounds = 0
    while true {
      for thread in SleepingThread.all(of: process.number) {
        let start = try Self(text, process, memory, by: thread.number) { call, _ in
          call == thread.systemCall ? .startThread : nil
        }
        if let start {
          self = start
          return
        }
      }
      rounds += 1
      let start = try Self(text, process, memory, by: process.number) { call, instruction in
        let isInterpreters = process.interpreter.contains(instruction)
        let isBetween = process.evaluation?.contains(instruction) == true || !isInterpreters
        // One that waits may do so for long: soon it is known to sleep.
        return rounds > Self.patience || isBetween && call == nil ? .callLater : nil
      }
      if let start {
        self = start
        return
      }
      if Instant.now() > deadline { throw process.failure(.noThread) }
    }
  }

  /// How often the main thread is looked at for a moment at which it is not in the middle of the interpreter's
  /// own affairs: it could hold the lock of the calls that are pending.
  private static let patience = 30

  /// Stops a thread and has it bring the text in; nil if it is not where it should be, which is asked with
  /// the system call that it waits in and its next instruction.
  private init?(
    _ text: String, _ process: PythonProcess, _ memory: Int32, by number: pid_t,
    way: (Int?, UInt64) -> Way?
  ) throws(AttachFailure) {
    let began = Instant.now()
    do throws(StoppedThread.Refusal) {
      let thread = try StoppedThread(number, trap: process.trap)
      guard let way = way(thread.systemCall, thread.instruction) else { return nil }
      self.way = way
      code = try Self.place(text, process, memory, thread, way)
    } catch {
      switch error {
      case .ended: return nil
      case .unavailable: throw process.failure(process.isAlive ? .noThread : .hasEnded)
      case .stopped: throw process.failure(.stopped)
      case .forbidden: throw process.failure(PythonProcess.whyNotReadable(process.number))
      }
    }
    pause = Instant.now().seconds(since: began)
  }

  private static func place(
    _ text: String, _ process: PythonProcess, _ memory: Int32, _ thread: borrowing StoppedThread,
    _ way: Way
  ) throws(StoppedThread.Refusal) -> UInt64 {
    let readWrite: UInt64 = 3
    let privateMemory: UInt64 = 0x22
    guard
      let code = thread.call(
        process.address(of: "mmap"), [0, UInt64(size), readWrite, privateMemory, .max, 0]),
      code != .max
    else { throw .unavailable }
    let start = start(code)
    let block = code + UInt64(page)
    guard fill(text, process, memory, at: code), protect(code, process, thread) else {
      unmap(code, in: process, by: thread)
      throw .unavailable
    }
    switch way {
    case .startThread: _ = thread.call(start, [block])
    case .callLater:
      // As many calls are pending as can be, or it did not return.
      if thread.call(process.pendingCall, [start, block]).map({ UInt32(truncatingIfNeeded: $0) })
        != 0
      {
        throw .unavailable
      }
    }
    return code
  }

  /// Writes code and block into the process.
  private static func fill(
    _ text: String, _ process: PythonProcess, _ memory: Int32, at code: UInt64
  ) -> Bool {
    var block = [UInt8](repeating: 0, count: peakline_errand_size())
    let body = code + UInt64(peakline_errand_run_offset())
    let fits = unsafe block.withUnsafeMutableBytes { bytes in
      unsafe peakline_errand_fill(
        bytes.baseAddress, process.errandFunctions, body, StoppedThread.otherSignals, text)
    }
    let length = peakline_errand_code_size()
    guard fits != 0, length <= page else { return false }
    // Safe: the code is as long as it says.
    let written = unsafe pwrite(memory, peakline_errand_code(), length, off_t(code))
    let behind = unsafe pwrite(memory, block, block.count, off_t(code + UInt64(page)))
    return written == length && behind == block.count
  }

  private static func protect(
    _ code: UInt64, _ process: PythonProcess, _ thread: borrowing StoppedThread
  ) -> Bool {
    let readExecute: UInt64 = 5
    let answer = thread.call(
      process.address(of: "mprotect"), [code, UInt64(page), readExecute])
    return answer.map { UInt32(truncatingIfNeeded: $0) } == 0
  }

  /// Has a thread that sleeps start what the main thread has not started yet; whether it has.
  func help(_ thread: SleepingThread, in process: PythonProcess) -> Bool {
    do throws(StoppedThread.Refusal) {
      let stopped = try StoppedThread(thread.number, trap: process.trap)
      return stopped.systemCall == thread.systemCall
        && stopped.call(Self.start(code), [block]) != nil
    } catch {
      return false
    }
  }

  private static func start(_ code: UInt64) -> UInt64 {
    code + UInt64(peakline_errand_start_offset())
  }

  /// Gives the memory back.
  func unmap(in process: PythonProcess, by thread: borrowing StoppedThread) {
    Self.unmap(code, in: process, by: thread)
  }

  private static func unmap(
    _ code: UInt64, in process: PythonProcess, by thread: borrowing StoppedThread
  ) {
    _ = thread.call(process.address(of: "munmap"), [code, UInt64(size)])
  }
}
