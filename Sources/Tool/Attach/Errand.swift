// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAttach
import Glibc

/// A text of Python that a thread of its own runs in another process, once.
///
/// Code and data stand in memory that the process is made to map, and the answer is read from there: it
/// takes neither files nor sockets. The process goes on before Python's code runs.
struct Errand {
  /// What came of it.
  struct Outcome {
    /// What the text has left.
    var answer: String
    /// How long a thread of the process stood still, in seconds.
    var pause: Double
  }

  let process: PythonProcess
  private let start: ErrandStart
  /// How often its start is going to be called.
  private var starts = 1
  /// How long a thread of the process stood still, in seconds.
  private var pause: Double

  /// How long a text that has begun to run may take, in seconds: nothing can take it back then.
  private static let patience = 60.0
  /// How often it is asked whether a thread sleeps, in seconds, where none did.
  private static let glance = 0.05

  /// Has a text run, and waits for its answer; for a place where it may begin no longer than `timeout`, in
  /// seconds, or until `signal` answers one that asks for an end.
  static func run(
    _ text: String, in process: PythonProcess, within timeout: Double, orSignal signal: () -> Int32?
  ) throws(AttachFailure) -> Outcome {
    let deadline = Instant.now().advanced(by: timeout)
    let start = try ErrandStart(text, in: process, until: deadline, orSignal: signal)
    var errand = Errand(process: process, start: start, pause: start.pause)
    let reason: AttachFailure.Reason
    switch try errand.wait(until: deadline, timeout, signal) {
    case .answer(let answer):
      errand.remove()
      return Outcome(answer: answer, pause: errand.pause)
    case .failure(let failure): reason = failure
    }
    // Who was to call it later may be on its way back from there.
    if start.way == .startThread { errand.remove() }
    throw process.failure(reason)
  }

  /// How it ended: nothing of it is left to run.
  private enum End {
    case answer(String)
    case failure(AttachFailure.Reason)
  }

  private mutating func wait(
    until deadline: Instant, _ timeout: Double, _ signal: () -> Int32?
  ) throws(AttachFailure) -> End {
    let latest = deadline.advanced(by: Self.patience)
    var givenUp: ((AttachFailure.Left) -> AttachFailure.Reason)?
    var looked = Instant.now()
    while true {
      let now = Instant.now()
      let block = try readBlock()
      let state = unsafe block.withUnsafeBytes { unsafe peakline_errand_state($0.baseAddress) }
      switch Int(state) {
      case PEAKLINE_ERRAND_DONE:
        // It came too late: whoever goes on is to find it.
        if case .interrupted(let number, _)? = givenUp?(.nothing) { kill(getpid(), number) }
        return unsafe block.withUnsafeBytes {
          unsafe .answer(String(cString: peakline_errand_answer($0.baseAddress)))
        }
      case PEAKLINE_ERRAND_FAILED:
        return .failure(.refused("its Python could not run what attaching needs"))
      case PEAKLINE_ERRAND_NOT_READY: return .failure(.notReady)
      case PEAKLINE_ERRAND_NO_THREAD: return .failure(.noRoom)
      case PEAKLINE_ERRAND_LEFT: return .failure(givenUp?(.nothing) ?? .notReady)
      case PEAKLINE_ERRAND_RUNS where now > latest: throw process.failure(.noAnswer)
      case PEAKLINE_ERRAND_RUNS: break
      default:
        if let givenUp {
          let hasThread = unsafe block.withUnsafeBytes {
            unsafe peakline_errand_starts($0.baseAddress) > 0
          }
          throw process.failure(givenUp(hasThread ? .thread : .call))
        }
        if let number = signal() {
          givenUp = { .interrupted(by: number, $0) }
        } else if now > deadline {
          givenUp = { .noSafePlace(after: timeout, $0) }
        }
        if givenUp != nil {
          // Written first, looked at then, as the errand does the other way round.
          withdraw()
          continue
        }
        if now > looked.advanced(by: Self.glance) {
          if Int(state) == PEAKLINE_ERRAND_PLACED { help() }
          looked = Instant.now()
        }
      }
      usleep(1000)
    }
  }

  /// The main thread may have begun to wait for something, on the way from where the call was left with the
  /// interpreter to where it would be made.
  private mutating func help() {
    guard start.way == .callLater, starts == 1 else { return }
    for thread in SleepingThread.all(of: process.number) {
      let began = Instant.now()
      guard start.help(thread, in: process) else { continue }
      pause = max(pause, Instant.now().seconds(since: began))
      starts = 2
      return
    }
  }

  private func readBlock() throws(AttachFailure) -> [UInt8] {
    guard let block = process.memory.bytes(at: start.block, count: peakline_errand_size()) else {
      throw process.failure(.hasEnded)
    }
    return block
  }

  private func withdraw() {
    _ = process.memory.write(
      [1, 0, 0, 0], at: start.block + UInt64(peakline_errand_withdrawn_offset()))
  }

  /// Gives the memory back when nobody will come to it any more.
  ///
  /// A call that is pending has returned when the errand's thread has got the interpreter's lock, which its
  /// caller had; of a second one that is not known.
  private mutating func remove() {
    if starts > 1 { return }
    let deadline = Instant.now().advanced(by: 1)
    while !isLeft {
      if Instant.now() > deadline { return }
      usleep(500)
    }
    let sleeping = SleepingThread.all(of: process.number).first?.number
    let began = Instant.now()
    start.unmap(in: process, by: sleeping ?? process.number)
    pause = max(pause, Instant.now().seconds(since: began))
  }

  /// Whether its thread has ended.
  private var isLeft: Bool {
    guard let block = try? readBlock() else { return true }
    return unsafe block.withUnsafeBytes { block in
      let thread = unsafe peakline_errand_thread(block.baseAddress)
      return !process.hasThread(Int(thread))
    }
  }
}
