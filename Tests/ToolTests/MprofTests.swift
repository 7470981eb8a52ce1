// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import MemorySeries
import Testing

@testable import Tool

/// How mprof takes its command lines apart, and when samples are due.
@Suite struct MprofTests {
  private func split(_ words: String...) throws(OptionMistake) -> [[String]] {
    let split = try OptionWords(words, known: MprofRun.knownOptions, endsAtOther: true)
    return [split.options, split.others]
  }

  @Test func `options end where the program begins`() throws {
    #expect(
      try split("-C", "./s.sh", "-5", "-T", "1", "--", "-E")
        == [["--include-children"], ["./s.sh", "-5", "-T", "1", "--", "-E"]])
    #expect(try split("--", "-odd") == [[], ["-odd"]])
    #expect(try split("-T", "1", "--", "p", "--", "x") == [["--interval=1"], ["p", "--", "x"]])
  }

  @Test func `options may be joined and cut short as ever`() throws {
    #expect(
      try split("-CMT0.5", "-o=x.dat", "--inc", "--interval", "-3", "p")
        == [
          [
            "--include-children", "--multiprocess", "--interval=0.5", "--output=x.dat",
            "--include-children", "--interval=-3",
          ], ["p"],
        ])
  }

  @Test func `mistakes are sentences`() {
    #expect(throws: OptionMistake.noOption("--bogus")) { try split("--bogus", "p") }
    #expect(throws: OptionMistake.noOption("-Z")) { try split("-CZ", "p") }
    #expect(throws: OptionMistake.needsValue("-T")) { try split("-T") }
    #expect(throws: OptionMistake.takesNoValue("--python")) { try split("--python=3", "p") }
    #expect(throws: OptionMistake.ambiguous("--in", ["--interval", "--include-children"])) {
      try split("--in", "p")
    }
  }

  @Test func `a negative number is the place of a recording`() throws {
    let split = try OptionWords(
      ["-1", "--dry", "a.dat", "-02"], known: MprofRemove.knownOptions, endsAtOther: false)
    #expect(split.options == ["--dry-run"])
    #expect(split.others == ["-1", "a.dat", "-02"])
  }

  @Test func `every option that is known is the parser's too`() throws {
    for type in MprofCommand.allCases.map(\.implementation) where type.word != "plot" {
      let help = type.helpMessage(includeHidden: true)
      for option in type.knownOptions {
        let name = "--" + option.long + (option.takesValue ? " <" : "")
        #expect(help.contains(name), "\(type.word) \(name)")
      }
    }
  }

  @Test(arguments: [
    ["--interval=0"], ["--interval=x"], ["--interval=nan"], ["--timeout=-1"], ["--append"],
    ["--backend=tracemalloc"], ["--backend=foo"], ["--attach", "--exit-code"], ["--limit=much"],
    ["--attach", "--limit=1GiB"],
  ])
  func `values that make no sense are refused`(words: [String]) {
    #expect(throws: (any Error).self) { try MprofRun.parse(words) }
  }

  @Test func `backends have memory_profiler's names too`() throws {
    let names = [
      "psutil": Measure.rss, "posix": .rss, "rss": .rss, "psutil_pss": .pss, "pss": .pss,
      "psutil_uss": .uss, "uss": .uss, "swap": .swap,
    ]
    #expect(Set(names.keys) == Set(Measure.names))
    for (name, measure) in names { #expect(Measure(argument: name) == measure) }
  }

  @Test func `samples are due on a grid, and those that were slept through are lost`() {
    var schedule = Schedule(from: Instant(nanoseconds: 1000), every: 1e-7)
    #expect(schedule.due.nanoseconds == 1000)
    schedule.advance(past: Instant(nanoseconds: 1001))
    #expect(schedule.due.nanoseconds == 1100)
    schedule.advance(past: Instant(nanoseconds: 1199))
    #expect(schedule.due.nanoseconds == 1200)
    schedule.advance(past: Instant(nanoseconds: 1555))
    #expect(schedule.due.nanoseconds == 1600)
  }

  @Test func `scripts get their Python, and what writes the marks`() throws {
    var command = try PythonCommand.command(
      for: ["a.py", "-x"], isPython: false, isOrdinary: false, interpreter: "/py")
    #expect(command.words == ["/py", "a.py", "-x"])
    command.stamp(into: "o.dat", measure: .pss, withChildren: true)
    #expect(
      command.words == [
        "/py", "-m", "memory_profiler", "--timestamp", "-o", "o.dat", "--backend", "psutil_pss",
        "--include-children", "a.py", "-x",
      ])
    for words: [SystemText] in [["./prog"], ["python3", "a.py"]] {
      let plain = try PythonCommand.command(
        for: words, isPython: false, isOrdinary: false, interpreter: nil)
      #expect(plain.words == words && !plain.isPython)
    }
    let ordinary = try PythonCommand.command(
      for: ["a.py"], isPython: false, isOrdinary: true, interpreter: nil)
    #expect(ordinary.words == ["a.py"])
    let named = try PythonCommand.command(
      for: ["python3.12", "a.py"], isPython: true, isOrdinary: false, interpreter: nil)
    #expect(named.words == ["python3.12", "a.py"] && named.isPython)
  }

  @Test func `a recording whose name begins with a dash is no option to Python`() throws {
    var command = try PythonCommand.command(
      for: ["a.py"], isPython: false, isOrdinary: false, interpreter: "/py")
    command.stamp(into: "-x.dat", measure: .rss, withChildren: false)
    #expect(
      command.words == ["/py", "-m", "memory_profiler", "--timestamp", "-o", "./-x.dat", "a.py"])
  }

  @Test func `a value that begins with a dash is a value`() throws {
    for words in [["-o", "-x.dat"], ["-o-x.dat"], ["-o=-x.dat"], ["--out", "-x.dat"]] {
      let split = try OptionWords(words + ["p"], known: MprofRun.knownOptions, endsAtOther: true)
      #expect(split.others == ["p"])
      #expect(try MprofRun.parse(split.options).sampling.output == "-x.dat")
    }
  }

  @Test func `what is no text stays as it is`() {
    let word = SystemText(bytes: [0x61, 0xFF, 0x2E, 0xC3])
    #expect(word.cString == [0x61, -1, 0x2E, -61, 0])
    #expect(word.text == "a\u{FFFD}.\u{FFFD}")
    #expect(word != SystemText(word.text))
    #expect(word.hasPrefix("a") && !word.hasPrefix("b"))
  }

  @Test func `this process's own words are found where the kernel has put them`() {
    #expect(SystemText.commandLine().map(\.text) == Swift.CommandLine.arguments)
  }

  @Test func `the report of a limit says who had how much`() {
    let shares = (1...7).map {
      Guardian.Share(processID: pid_t($0), name: "p\($0)", memory: Kibibytes(1024 * (8 - $0)))
    }
    let report = Guardian.Report(
      total: Kibibytes(28 * 1024), limit: Kibibytes(20 * 1024), seconds: 1.25, shares: shares)
    #expect(report.sentence.contains("with 6 other processes had 28.0 MiB after 1.3 s"))
    #expect(report.sentence.contains("\n  1  p1  7.0 MiB\n"))
    #expect(report.sentence.hasSuffix("… and 2 more"))
  }
}
