// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureFormat
import CaptureReader
import Glibc

/// Recordings of a running process: begun, waited for and ended from outside.
struct AttachedRecording {
  let process: PythonProcess
  /// The folder of the package that is loaded into the process.
  let package: String
  /// For how long a safe place is waited for, in seconds.
  let timeout: Double

  /// Begins a recording; how long a thread of the process stood still for it, in seconds.
  ///
  /// `interval` 0 is exact mode, `limit` what the capture may grow to, in bytes.
  func begin(
    _ capture: String, interval: Int, limit: Int, _ signals: inout SignalQueue
  ) throws(AttachFailure) -> Double {
    let path = ErrandText.literal(capture)
    return try run("begin(\(path), \(interval), \(limit))", &signals).pause
  }

  /// Ends the recording into a capture, or all that were begun so; the captures that are complete now.
  func end(
    _ capture: String? = nil, _ signals: inout SignalQueue
  ) throws(AttachFailure) -> [String] {
    let path = capture.map(ErrandText.literal) ?? "None"
    let answer = try run("end(\(path))", &signals).answer
    return answer.split(separator: " ").map { digits in
      let digits = Array(digits.utf8)
      let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private func run(
    _ call: String, _ signals: inout SignalQueue
  ) throws(AttachFailure) -> Errand.Outcome {
    let text = ErrandText(folder: package, processID: process.ownNumber, call: call).text
    var outcome = try Errand.run(text, in: process, within: timeout) {
      Self.end(&signals, before: Instant.now())
    }
    guard outcome.answer.removeFirst() == "+" else {
      throw process.failure(.refused(outcome.answer))
    }
    return outcome
  }

  // MARK: - Waiting

  /// Why a recording is to end, or has ended.
  enum End: Equatable {
    case timeIsUp
    case signal(Int32)
    /// Another command has ended it.
    case ended
    /// The process has ended, or runs another program now.
    case processEnded
  }

  /// How long the end may go unnoticed, in seconds.
  private static let patience = 0.1

  /// Returns when it is to end, `duration` seconds from now at the latest, or has ended.
  func wait(_ capture: String, _ signals: inout SignalQueue, duration: Double?) -> End {
    let end = duration.map { Instant.now().advanced(by: $0) }
    var looked = Instant.now()
    while true {
      let now = Instant.now()
      if let state = Self.state(of: capture), state != CaptureState.recording {
        return process.isAlive ? .ended : .processEnded
      }
      if !process.isAlive { return .processEnded }
      // A larger piece of text: less often.
      if now > looked.advanced(by: 1) {
        looked = now
        if !Ending.isMapped(capture, by: Int(process.number)), Files.isThere(capture) {
          return .processEnded
        }
      }
      if let end, now >= end { return .timeIsUp }
      var deadline = now.advanced(by: Self.patience)
      if let end { deadline = min(deadline, end) }
      if let signal = Self.end(&signals, before: deadline) { return .signal(signal) }
    }
  }

  /// The next signal, if it asks for an end; the terminal's may stop this command for a while.
  private static func end(_ signals: inout SignalQueue, before deadline: Instant) -> Int32? {
    guard let signal = signals.next(before: deadline)?.number else { return nil }
    if signal == SIGTSTP { signals.stop(by: signal) }
    return [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(signal) ? signal : nil
  }

  /// How far the recording into a file has come.
  private static func state(of capture: String) -> UInt32? {
    guard let place = MemoryLayout<CaptureHeader>.offset(of: \.state),
      let bytes = Files.beginning(of: capture, count: place + 4)
    else { return nil }
    return UInt32(bytes.single(at: place))
  }

  /// Completes a capture whose recording has ended: one command at a time.
  static func seal(_ capture: String) throws(Failure) {
    let descriptor = unsafe open(capture, O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 { flock(descriptor, LOCK_EX) }
    defer { if descriptor >= 0 { close(descriptor) } }
    do throws(CaptureFailure) {
      try Sealing.seal(path: capture, exit: nil)
    } catch {
      throw .capture(error, path: capture)
    }
  }
}
