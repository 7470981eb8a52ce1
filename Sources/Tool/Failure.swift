// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Reports

/// What can go wrong in the tool: each case is one sentence that says what to do.
enum Failure: Error, Equatable, CustomStringConvertible {
  /// `$PEAKLINE_PYTHON` names something that is not an executable file.
  case chosenPythonMissing(String)
  /// No Python beside the executable, none on `PATH`.
  case noPython
  /// The program was found, but the kernel refused to run it.
  case cannotRun(program: String, reason: String)
  /// A running process that cannot be recorded.
  case attach(AttachFailure)
  /// A recording that goes on, since it could not be ended.
  case notEnded(AttachFailure, capture: String)
  /// Nothing is being recorded in a process that could be ended.
  case notAttached(Int)
  /// Of `peakline top`.
  case top(TopFailure)
  /// Of `mprof`'s commands.
  case mprof(MprofFailure)
  /// There is no such program.
  case noProgram(String)
  /// The kernel refused to start a program that was to be recorded.
  case cannotStart(program: String, reason: String)
  /// A program that the agent cannot be loaded into.
  case cannotRecord(program: String, reason: String)
  /// A capture cannot be written there.
  case cannotWrite(path: String, reason: String)
  /// The captures of a tree are not in one file yet.
  case cannotJoinFolder(String)
  /// The agent's library is not where it belongs.
  case agentMissing
  /// A file of figures could not be read.
  case cannotRead(path: String, reason: String)
  /// It was read, and cannot be shown.
  case report(ReportFailure, path: String)
  /// A capture cannot be read, or not be written to.
  case capture(CaptureFailure, path: String)
  /// It was read, and does not have what was asked for.
  case analysis(AnalysisFailure, of: String? = nil)
  /// No file was named, and there is no capture in this folder.
  case noCapture
  /// A capture is not shown so.
  case notForCaptures(option: String, instead: String)
  /// A report that is JSON is not shown so.
  case onlyForCaptures(option: String)
  /// No browser could be started to show a page.
  case noBrowser(path: String)
  /// A terminal cannot show this form.
  case binaryToTerminal(form: String)
  /// A figure grew by more than is put up with: the words for it.
  case grown(String)
  /// `doctor` found something that needs attention; its report already says what.
  case unhealthy

  /// The status that a shell sees: 127 and 126 as shells use them, 2 for what cannot be asked.
  var exitCode: Int32 {
    switch self {
    case .chosenPythonMissing, .noPython, .noProgram, .agentMissing: 127
    case .cannotRun, .cannotStart, .cannotRecord: 126
    case .cannotWrite, .cannotRead, .cannotJoinFolder: 2
    case .attach(let failure), .notEnded(let failure, _): failure.exitCode
    case .notAttached: 1
    case .mprof(let failure): failure.exitCode
    case .analysis, .noCapture, .notForCaptures, .onlyForCaptures, .binaryToTerminal, .top: 2
    case .capture(.cannotRead, _), .capture(.isFolder, _): 2
    case .capture(.empty, _), .capture(.cutOff, _), .capture(.incomplete, _): 2
    case .capture: 1
    case .report(let failure, _): failure.isAboutData ? 1 : 2
    case .noBrowser: 1
    case .grown: 3
    case .unhealthy: 1
    }
  }

  var description: String {
    switch self {
    case .chosenPythonMissing(let path):
      "peakline: PEAKLINE_PYTHON is '\(path)', which is no program that can be run: "
        + "set it to a Python 3.10 or newer"
    case .noPython:
      "peakline: no python3 was found beside this program or on PATH: "
        + "activate the environment that Peakline is installed in, or set PEAKLINE_PYTHON"
    case .cannotRun(let program, let reason):
      "peakline: '\(program)' could not be run (\(reason)): set PEAKLINE_PYTHON to another Python"
    case .noProgram(let name):
      "peakline: there is no program '\(name)': name one that can be run, or a script that ends in .py"
    case .cannotStart(let program, let reason):
      "peakline: '\(program)' could not be run (\(reason))"
    case .cannotRecord(let program, let reason):
      "peakline: '\(program)' cannot be recorded: \(reason)"
    case .cannotWrite(let path, let reason):
      "peakline: \(path) cannot be written: \(reason)"
    case .cannotJoinFolder(let path):
      "peakline: \(path) is a folder: 'peakline seal' makes one file of it first"
    case .agentMissing:
      "peakline: the agent's library is missing: bring it back with "
        + "'pip install --force-reinstall --no-deps peakline'"
    case .attach(let failure): failure.description
    case .notEnded(let failure, let capture):
      failure.description + ". The recording into \(capture) goes on: end it with "
        + "'peakline detach \(failure.process)'"
    case .notAttached(let process):
      "peakline: process \(process) is not recorded by 'peakline attach': there is nothing to end"
    case .mprof(let failure): failure.description
    case .top(let failure): "peakline: \(failure)"
    case .cannotRead(let path, let reason):
      "peakline: \(path) cannot be read (\(reason)): "
        + "name a capture, a file that 'peakline profile --json FILE' wrote, or - for the standard input"
    case .report(let failure, let path):
      failure.isAboutData
        ? "peakline: \(path == "-" ? "the standard input" : path): \(failure)"
        : "peakline: \(failure)"
    case .capture(let failure, let path):
      "peakline: \(path == "-" ? "the standard input" : path): \(failure)"
    case .analysis(let failure, let name):
      "peakline: \(name.map { "\($0): " } ?? "")\(failure)"
    case .noCapture:
      "peakline: there is no capture (*.peakline) in this folder: name a file, "
        + "or make one with 'peakline record'"
    case .notForCaptures(let option, let instead):
      "peakline: \(option) is not there for captures: \(instead)"
    case .onlyForCaptures(let option):
      "peakline: \(option) is for captures, and this is a report as JSON: leave it out"
    case .noBrowser(let path):
      "peakline: no browser could be started: open '\(path)' in one yourself"
    case .binaryToTerminal(let form):
      "peakline: \(form) is no text, and the standard output is a terminal: "
        + "name a file with -o, or send it to a program"
    case .grown(let words):
      "peakline: \(words)"
    case .unhealthy:
      ""
    }
  }
}
