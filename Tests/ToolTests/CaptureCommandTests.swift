// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Exports
import Testing

@testable import Tool

/// What the commands that read captures take, and what they refuse.
@Suite struct CaptureCommandTests {
  private func sentence<Command: ParsableCommand>(_ command: Command.Type, _ words: [String])
    -> String
  {
    do {
      _ = try command.parse(words)
      return ""
    } catch {
      return command.message(for: error)
    }
  }

  @Test func `no file needs to be named, and filters may be repeated`() throws {
    let words = [
      "--only", "a.*", "--only", "b", "--hide", "site-packages", "--thread", "7", "--json",
    ]
    let command = try ShowReport.parse(words)
    #expect(command.path == nil)
    #expect(command.options.selection.only == ["a.*", "b"])
    #expect(command.options.selection.hide == ["site-packages"])
    #expect(command.options.selection.thread == "7")
    #expect(command.options.json)
    #expect(try command.moment.when() == .peak)
  }

  @Test(arguments: [
    ("12.5s", 12.5), ("3", 3), ("90ms", 0.09), ("5min", 300), ("2m", 120), ("1.5 h", 5400),
    ("2d", 172_800),
  ])
  func `times have units`(text: String, seconds: Double) throws {
    #expect(try Lines.parse(["--at", text]).moment.when() == .at(seconds))
  }

  @Test func `times that are none are refused in a sentence`() throws {
    for text in ["", "s", "-1s", "1.2.3", "5 years", "nan", "1e5"] {
      #expect(MomentOptions.seconds(text) == nil, "\(text)")
    }
    #expect(try Tree.parse(["--window", "2s,500ms"]).moment.when() == .window(2, 0.5))
    #expect(sentence(Tree.self, ["--window", "2s"]).contains("two times with a comma between"))
    #expect(sentence(Lines.self, ["--at", "x"]).contains("--at needs a time such as 12.5s"))
    #expect(
      sentence(Lines.self, ["--at", "1", "--window", "1,2"]).contains("leave one of them out"))
    #expect(sentence(Tree.self, ["--depth", "0"]).contains("--depth needs a number of levels"))
    #expect(sentence(Leaks.self, ["--width", "3"]).contains("--width needs a number"))
  }

  @Test func `an export has a form, and one value where that has`() throws {
    let command = try Export.parse(
      ["a.peakline", "--to", "collapsed", "--value", "live-at-end", "--hide", "numpy", "-o", "b"])
    #expect((command.to, command.value) == (.collapsed, .liveAtEnd))
    #expect((command.path, command.output) == ("a.peakline", "b"))
    #expect(command.filters.selection.hide == ["numpy"])
    #expect(sentence(Export.self, []).contains("--to"))
    #expect(
      sentence(Export.self, ["--to", "csv", "--value", "allocated"]).contains("leave out --value"))
    #expect(
      sentence(Export.self, ["--to", "pprof", "--value", "at-peak", "--at", "1s"]).contains(
        "another moment than the peak"))
  }

  @Test func `a process returns or is killed`() throws {
    #expect(try Seal.parse(["a.peakline", "--signal", "9"]).signal == 9)
    #expect(
      sentence(Seal.self, ["a.peakline", "--signal", "9", "--exit-status", "1"]).contains(
        "leave out --exit-status or --signal"))
  }

  @Test func `failures are one sentence that says what to do`() {
    let failures: [Failure] = [
      .noCapture, .capture(.empty, path: "a"), .capture(.isFolder, path: "a"),
      .capture(.cutOff(bytes: 9), path: "a"), .capture(.notCapture, path: "-"),
      .capture(.otherVersion(3), path: "a"), .capture(.incomplete(bytes: 9, of: 10), path: "a"),
      .capture(.stillRecording(processID: 4), path: "a"), .analysis(.emptyWindow),
      .analysis(.noThread("x", available: [])), .onlyForCaptures(option: "--json"),
      .notForCaptures(option: "--html", instead: "leave it out"), .binaryToTerminal(form: "pprof"),
    ]
    for failure in failures {
      let text = failure.description
      #expect(text.hasPrefix("peakline: "))
      #expect(text.contains(": ") && !text.contains("\n") && !text.hasSuffix("."))
      #expect([1, 2].contains(failure.exitCode))
    }
    #expect(Failure.capture(.empty, path: "a").exitCode == 2)
    #expect(Failure.capture(.cutOff(bytes: 9), path: "a").exitCode == 2)
    #expect(Failure.capture(.incomplete(bytes: 9, of: 10), path: "a").exitCode == 2)
  }
}
