// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Glibc

/// A capture that is read again and again while it is written.
///
/// It is read only, without a lock or a signal: the program that writes it notices nothing.
struct WatchedCapture: Sendable {
  /// What one look at it says.
  enum Answer: Sendable {
    case figures(Capture, Account, Ending)
    /// Nobody is known to write to it any more, and it is as it was.
    case unchanged
    case failure(Failure)
  }

  /// Which bytes a name stands for.
  private struct FileState: Equatable {
    var device: UInt
    var inode: UInt
    var size: Int
    var seconds: Int
    var nanoseconds: Int

    init?(_ path: String) {
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { return nil }
      device = status.st_dev
      inode = status.st_ino
      size = Int(status.st_size)
      seconds = Int(status.st_mtim.tv_sec)
      nanoseconds = Int(status.st_mtim.tv_nsec)
    }
  }

  let path: String
  private let selection: Selection
  /// The process that writes it, where it is known to have another number here than it says.
  private let processID: pid_t?
  private var writer: CaptureWriter?
  /// What the header said last, by which a program that does nothing is known.
  private var noted: [Int] = []
  /// The file as it was read when nobody was known to write to it.
  private var last: FileState?

  init(_ path: String, writtenBy processID: pid_t?, selection: Selection) {
    self.path = path
    self.processID = processID
    self.selection = selection
  }

  /// Reads it, if there is anything new.
  mutating func look() -> Answer {
    let state = FileState(path)
    var capture: Capture
    let isAlive: Bool
    do throws(CaptureFailure) {
      let header = try Capture.header(ofFile: path)
      let isQuiet = note(header)
      if let state, state == last, isQuiet { return .unchanged }
      last = nil
      // Whether it lives is asked first: what is read after its end is all there is.
      isAlive = isWriting(header, isQuiet: isQuiet)
      capture = try Capture(path: path)
    } catch {
      last = nil
      return .failure(.capture(error, path: path))
    }
    do throws(AnalysisFailure) {
      let account = try Account(capture, .peak, selection)
      let ending = Ending(capture.header, isRunning: isAlive)
      if ending != .running { last = state }
      // It is kept until the next look; the account has what the large tables say.
      capture.stacks = []
      capture.counters = []
      capture.changes = []
      return .figures(capture, account, ending)
    } catch {
      return .failure(.analysis(error))
    }
  }

  /// Remembers what the header says; whether it says the same as before.
  private mutating func note(_ header: CaptureHeader) -> Bool {
    let now = [header.startTime, header.lastMoment, header.allocations, header.freed, header.live]
    defer { noted = now }
    return now == noted
  }

  private mutating func isWriting(_ header: CaptureHeader, isQuiet: Bool) -> Bool {
    guard header.state == CaptureState.recording else { return false }
    let writer =
      if let known = writer, known.writes(header) {
        known
      } else {
        CaptureWriter(header, of: path, processID: processID)
      }
    self.writer = writer
    // Where nothing happens, it may have become another program.
    return writer.isAlive && (!isQuiet || writer.hasMapped(path))
  }
}
