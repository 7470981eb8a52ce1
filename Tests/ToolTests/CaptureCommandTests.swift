// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
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
      "--process", "4714-2",
    ]
    let command = try ShowReport.parse(words)
    #expect(command.path == nil)
    #expect(command.options.selection.only == ["a.*", "b"])
    #expect(command.options.selection.hide == ["site-packages"])
    #expect(command.options.selection.thread == "7")
    #expect(command.options.process == "4714-2")
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

  @Test func `a difference is asked for in many ways, and odd ones are refused`() throws {
    let usual = try Diff.parse(["a", "b"])
    #expect(usual.figure == .peak && usual.failAbove == nil && usual.limit == nil)
    let words = [
      "a", "b", "--figure", "live", "--stacks", "--limit", "3", "--hide", "x", "--fail-above", "5%",
    ]
    let command = try Diff.parse(words)
    #expect(command.figure == .live && command.stacks && command.limit == 3)
    #expect(command.options.selection.hide == ["x"])
    #expect(command.failAbove?.allowance == .percent(5))
    func refusal(_ words: String...) -> String { sentence(Diff.self, ["a", "b"] + words) }
    #expect(refusal("--limit", "0").contains("--limit needs a number"))
    #expect(refusal("--limit", "2", "--all").contains("leave one of them out"))
    #expect(refusal("--json", "--markdown").contains("leave one of them out"))
    #expect(refusal("--markdown", "--width", "80").contains("leave out --width and --color"))
    #expect(refusal("--figure", "x").contains("peak"))
    #expect(refusal("--figure", "allocations", "--fail-above", "5MiB").contains("a percentage"))
    #expect(sentence(Diff.self, ["-", "-"]).contains("the standard input is one capture"))
    #expect(sentence(Diff.self, ["a"]).contains("after"))
    #expect(Failure.grown("the peak grew").exitCode == 3)
  }

  @Test func `growth is a size or a percentage`() {
    func allowance(_ text: String) -> Allowance? { AllowedGrowth(argument: text)?.allowance }
    #expect(allowance("5%") == .percent(5))
    #expect(allowance("2.5 %") == .percent(2.5))
    #expect(allowance("0%") == .percent(0))
    #expect(allowance("10MiB") == .amount(10 << 20))
    #expect(allowance("1.5 KiB") == .amount(1536))
    #expect(allowance("2000") == .amount(2000))
    #expect(allowance("0") == .amount(0))
    for text in ["", "%", "-1%", "-1", "x", "5%%", "nan%", "inf%", "1e3%", "5 parsecs"] {
      #expect(allowance(text) == nil, "\(text)")
    }
  }

  @Test func `failures are one sentence that says what to do`() {
    let failures: [Failure] = [
      .noCapture, .capture(.empty, path: "a"), .capture(.isFolder, path: "a"),
      .capture(.cutOff(bytes: 9), path: "a"), .capture(.notCapture, path: "-"),
      .capture(.otherVersion(3), path: "a"), .capture(.incomplete(bytes: 9, of: 10), path: "a"),
      .capture(.stillRecording(processID: 4), path: "a"), .analysis(.emptyWindow),
      .analysis(.noThread("x", available: [])), .analysis(.severalProcesses),
      .analysis(.noProcess("x", available: ["1 a"])),
      .analysis(.noProcess("x", available: ["1 a", "2 b"])),
      .analysis(.manyProcesses("x", found: ["1 a", "2 b"])), .onlyForCaptures(option: "--json"),
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
