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
    let capture = try open(path, bytes, process: process)
    let account: Account
    do {
      account = try Account(capture, when, selection)
    } catch {
      throw .analysis(error)
    }
    let isRunning =
      capture.header.state == CaptureState.recording
      && Ending.isMapped(path, by: Int(capture.header.processID))
    return CaptureView(
      capture: capture, account: account, sources: SourceLines(capture),
      ending: capture.endingOfTree ?? Ending(capture.header, isRunning: isRunning))
  }

  /// Opens a capture; with `process` that of one process of it.
  static func open(
    _ path: String, _ bytes: [UInt8]? = nil, process: String?
  ) throws(Failure) -> Capture {
    let capture = try open(path, bytes)
    guard let process else { return capture }
    let index: Int
    do {
      index = try ProcessPattern(process).process(in: capture)
    } catch {
      throw .analysis(error)
    }
    if capture.processes.isEmpty { return capture }
    let file = "\(path)/\(capture.number(ofProcess: index)).peakline"
    do { return try Capture(path: file) } catch { throw .capture(error, path: file) }
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
