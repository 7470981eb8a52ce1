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
  /// The process's memory, open.
  private let memory: Int32
  private let start: ErrandStart
  /// How often its start is going to be called.
  private var starts = 1
  /// How long a thread of the process stood still, in seconds.
  private var pause: Double

  /// How long a text that has begun to run may take, in seconds: nothing can take it back then.
  private static let patience = 60.0
  /// How often it is asked whether a thread sleeps, in seconds, where none did.
  private static let glance = 0.05

  /// Has a text run, and waits for its answer; for a place where it may begin no longer than `timeout`,
  /// in seconds.
  static func run(
    _ text: String, in process: PythonProcess, within timeout: Double
  ) throws(AttachFailure) -> Outcome {
    let deadline = Instant.now().advanced(by: timeout)
    let memory = unsafe open("/proc/\(process.number)/mem", O_RDWR | O_CLOEXEC)
    guard memory >= 0 else {
      throw process.failure(PythonProcess.whyNotReadable(process.number))
    }
    defer { close(memory) }
    let start = try ErrandStart(text, in: process, memory: memory, until: deadline)
    var errand = Errand(process: process, memory: memory, start: start, pause: start.pause)
    let answer = try errand.wait(until: deadline, timeout)
    errand.remove()
    return Outcome(answer: answer, pause: errand.pause)
  }

  private mutating func wait(until deadline: Instant, _ timeout: Double) throws(AttachFailure)
    -> String
  {
    let latest = deadline.advanced(by: Self.patience)
    var isWithdrawn = false
    var looked = Instant.now()
    while true {
      let now = Instant.now()
      let block = try readBlock()
      let state = unsafe block.withUnsafeBytes { unsafe peakline_errand_state($0.baseAddress) }
      switch Int(state) {
      case PEAKLINE_ERRAND_DONE:
        return unsafe block.withUnsafeBytes {
          unsafe String(cString: peakline_errand_answer($0.baseAddress))
        }
      case PEAKLINE_ERRAND_FAILED:
        throw process.failure(.refused("its Python could not run what attaching needs"))
      case PEAKLINE_ERRAND_NOT_READY: throw process.failure(.notReady)
      case PEAKLINE_ERRAND_NO_THREAD: throw process.failure(.noThread)
      case PEAKLINE_ERRAND_RUNS where now > latest: throw process.failure(.noAnswer)
      case PEAKLINE_ERRAND_RUNS: break
      default:
        if isWithdrawn {
          let hasThread = unsafe block.withUnsafeBytes {
            unsafe peakline_errand_starts($0.baseAddress) > 0
          }
          throw process.failure(.noSafePlace(after: timeout, hasThread ? .thread : .call))
        }
        if now > deadline {
          // Written first, looked at then, as the errand does the other way round.
          withdraw()
          isWithdrawn = true
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
    var block = [UInt8](repeating: 0, count: peakline_errand_size())
    let count = unsafe pread(memory, &block, block.count, off_t(start.block))
    guard count == block.count else { throw process.failure(.hasEnded) }
    return block
  }

  private func withdraw() {
    var word: UInt32 = 1
    let place = start.block + UInt64(peakline_errand_withdrawn_offset())
    _ = unsafe pwrite(memory, &word, 4, off_t(place))
  }

  /// Gives the memory back when nobody will come to it any more.
  private mutating func remove() {
    let deadline = Instant.now().advanced(by: 1)
    while !isLeft {
      if Instant.now() > deadline { return }
      usleep(500)
    }
    let sleeping = SleepingThread.all(of: process.number).first?.number
    let began = Instant.now()
    do throws(StoppedThread.Refusal) {
      let thread = try StoppedThread(sleeping ?? process.number, trap: process.trap)
      start.unmap(in: process, by: thread)
    } catch {}
    pause = max(pause, Instant.now().seconds(since: began))
  }

  /// Whether its thread has ended, and no call of its start is to come.
  private var isLeft: Bool {
    guard let block = try? readBlock() else { return true }
    return unsafe block.withUnsafeBytes { block in
      let thread = unsafe peakline_errand_thread(block.baseAddress)
      return unsafe peakline_errand_starts(block.baseAddress) >= UInt32(starts)
        && !Files.isThere("/proc/\(process.number)/task/\(thread)")
    }
  }
}
