// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tool

/// What `doctor` says, from answers that a Python might give.
@Suite struct DoctorTests {
  private let healthy = [
    "version": "3.12.1", "implementation": "cpython", "recent": "True", "scripts": "/venv/bin",
    "package": "/venv/lib/peakline", "package-version": peaklineVersion, "abi": "1",
    "driver": "monitoring", "caveats": "", "heap-caveats": "", "objects": "own",
    "memory-profiler": "/venv/lib/memory_profiler/__init__.py",
  ]

  private func findings(
    _ changes: [String: String?] = [:],
    programs: Set<String> = ["/venv/bin/peakline", "/venv/bin/mprof"]
  ) -> [String: Finding] {
    var answers = healthy
    for (name, value) in changes { answers[name] = value }
    let all = Installation(python: "/venv/bin/python3", answers: answers)
      .findings { programs.contains($0) }
    return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  }

  @Test func `a whole installation has nothing to complain about`() {
    #expect(findings().values.allSatisfy { $0.state == .good })
    #expect(findings().count == 7)
  }

  @Test func `a missing mprof is named with the command that brings it back`() {
    let commands = findings(programs: ["/venv/bin/peakline"])["commands"]
    #expect(commands?.state == .bad)
    #expect(commands?.detail.hasPrefix("mprof missing") == true)
    #expect(commands?.detail.contains("pip install --force-reinstall") == true)
  }

  @Test func `the original beside ours is worth a note, not a failure`() {
    #expect(findings(["original": "0.61.0"])["memory_profiler"]?.state == .note)
  }

  @Test func `a memory_profiler that is not ours is a failure`() {
    let found = findings(["memory-profiler": "/site/memory_profiler.py"])["memory_profiler"]
    #expect(found?.state == .bad)
    #expect(found?.detail.contains("/site/memory_profiler.py") == true)
  }

  @Test func `a package that cannot be imported ends the examination there`() {
    let found = findings(["package": nil, "package-error": "ModuleNotFoundError: no peakline"])
    #expect(found["package"]?.state == .bad)
    #expect(found["agent"] == nil)
  }

  @Test(arguments: ["0.0.1", "99.0"])
  func `a package of another version is a failure`(version: String) {
    #expect(findings(["package-version": version])["package"]?.state == .bad)
  }

  @Test func `an old Python is told apart from a missing package`() {
    #expect(findings(["recent": "False"])["python"]?.state == .bad)
  }

  @Test func `JSON strings escape what JSON forbids`() {
    #expect(Finding.quoted("a\"b\\c\n\t\u{1}é") == #""a\"b\\c\n\t\u0001é""#)
  }

  @Test func `an answer is read by name, and a line without a tab is no answer`() {
    let answers = PythonProbe.parse("abi\t1\nwarning: x\npackage\t/a b\n")
    #expect(answers == ["abi": "1", "package": "/a b"])
  }

  @Test func `what limits the figures is a note, and no engine at all is bad`() {
    let limited = findings(["driver": "trace", "caveats": "Lines are measured by a slow one."])
    #expect(limited["lines"]?.state == .note)
    #expect(limited["lines"]?.detail == "Lines are measured by a slow one.")
    let broken = findings(["driver": nil, "driver-error": "MemoryError: none"])
    #expect(broken["lines"]?.state == .bad)
  }

  @Test func `what is counted of the heap is said`() {
    let counted = findings()["heap"]
    #expect(counted?.detail == "counted: malloc, mappings, Python's small objects")
    let plain = findings(["objects": "malloc"])["heap"]
    #expect(plain?.state == .good)
    #expect(plain?.detail.hasPrefix("counted: malloc, which gives Python") == true)
  }

  @Test func `a heap that cannot be counted, or not in full, is worth a note`() {
    let refused = findings(["heap-caveats": nil, "heap-obstacle": "the heap cannot: use rss"])
    #expect(
      refused["heap"]
        == Finding(name: "heap", state: .note, detail: "the heap cannot: use rss"))
    let limited = findings(["heap-caveats": "Small objects are missing."])
    #expect(
      limited["heap"]
        == Finding(name: "heap", state: .note, detail: "Small objects are missing."))
    let broken = findings(["heap-caveats": nil, "heap-error": "AttributeError: none"])["heap"]
    #expect(broken?.state == .bad)
    #expect(broken?.detail.contains("AttributeError: none") == true)
  }
}
