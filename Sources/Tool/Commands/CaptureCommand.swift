// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Glibc
import Reports

/// What the commands that read captures have in common.
enum CaptureCommand {
  /// The file that was named, or the newest capture of this folder.
  static func file(_ path: String?) throws(Failure) -> String {
    if let path { return path }
    guard let newest = Files.newest(ending: ".peakline") else { throw .noCapture }
    return newest
  }

  /// Opens a capture, and prints a report of it.
  ///
  /// `bytes`: what was read of it already.
  static func show(
    _ report: CaptureReport, of path: String, bytes: [UInt8]? = nil, _ when: When,
    _ options: CaptureOptions,
    _ display: DisplayOptions
  ) throws(Failure) -> Never {
    let view = try view(path, bytes: bytes, when, options.selection, process: options.process)
    guard options.json else { leave(with: 0, writing: report.text(view, style: display.style)) }
    report.json(view) { write($0, to: STDOUT_FILENO) }
    exit(0)
  }

  static func view(
    _ path: String, bytes: [UInt8]? = nil, _ when: When, _ selection: Selection,
    process: String? = nil
  ) throws(Failure) -> CaptureView {
    let (capture, ending) = try opened(path, bytes, process: process)
    let account: Account
    do {
      account = try Account(capture, when, selection)
    } catch {
      throw .analysis(error)
    }
    return CaptureView(
      capture: capture, account: account, sources: SourceLines(capture), ending: ending)
  }

  /// Opens a capture, or of a tree that of one process by itself, and says how that ended.
  private static func opened(
    _ path: String, _ bytes: [UInt8]?, process: String?
  ) throws(Failure) -> (Capture, Ending) {
    // The standard input can be read once.
    var bytes = bytes
    if path == "-", bytes == nil { bytes = try Files.contents(of: path) }
    let capture = try open(path, bytes)
    let isRunning =
      capture.header.state == CaptureState.recording
      && Ending.isMapped(path, by: Int(capture.header.processID))
    let ending = capture.endingOfTree ?? Ending(capture.header, isRunning: isRunning)
    guard let process else { return (capture, ending) }
    let index: Int
    do {
      index = try ProcessPattern(process).process(in: capture)
    } catch {
      throw .analysis(error)
    }
    guard capture.processes.indices.contains(index) else { return (capture, ending) }
    let one = capture.processes[index]
    do throws(CaptureFailure) {
      if path == "-", let bytes {
        return (try Capture(bytes: bytes, process: one.name), one.ending)
      }
      return (try Capture(path: path, process: one.name), one.ending)
    } catch {
      throw .capture(error, path: path)
    }
  }

  static func open(_ path: String, _ bytes: [UInt8]? = nil) throws(Failure) -> Capture {
    if path == "-" {
      let all: [UInt8]
      if let bytes { all = bytes } else { all = try Files.contents(of: path) }
      do { return try Capture(bytes: all) } catch { throw .capture(error, path: path) }
    }
    do { return try Capture(path: path) } catch { throw .capture(error, path: path) }
  }
}
