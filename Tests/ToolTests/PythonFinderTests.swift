// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tool

/// Which Python a command runs, with a file system and an environment that the test makes up.
@Suite struct PythonFinderTests {
  private func finder(
    chosen: String? = nil, searchPath: String = "/usr/bin:/opt/bin", home: String? = "/venv/bin",
    programs: Set<String>
  ) -> PythonFinder {
    PythonFinder(
      chosen: chosen, searchPath: searchPath, home: home, isProgram: { programs.contains($0) })
  }

  @Test func `the python3 beside the executable wins over the one on PATH`() throws {
    let python = try finder(programs: ["/venv/bin/python3", "/usr/bin/python3"]).find()
    #expect(python == "/venv/bin/python3")
  }

  @Test func `PEAKLINE_PYTHON wins over the python3 beside the executable`() throws {
    let programs: Set = ["/venv/bin/python3", "/elsewhere/python"]
    #expect(
      try finder(chosen: "/elsewhere/python", programs: programs).find() == "/elsewhere/python")
  }

  @Test func `PEAKLINE_PYTHON may be a name on PATH`() throws {
    let programs: Set = ["/venv/bin/python3", "/opt/bin/python3.12"]
    #expect(try finder(chosen: "python3.12", programs: programs).find() == "/opt/bin/python3.12")
  }

  @Test func `an empty PEAKLINE_PYTHON chooses nothing`() throws {
    #expect(try finder(chosen: "", programs: ["/usr/bin/python3"]).find() == "/usr/bin/python3")
  }

  @Test func `python serves where python3 is missing everywhere`() throws {
    let python = try finder(programs: ["/usr/bin/python", "/venv/bin/python"]).find()
    #expect(python == "/usr/bin/python")
  }

  @Test func `a chosen Python that does not exist is an error and not a reason to take another`() {
    #expect(throws: Failure.chosenPythonMissing("/gone/python")) {
      try finder(chosen: "/gone/python", programs: ["/venv/bin/python3"]).find()
    }
  }

  @Test func `no Python at all is an error that a shell reads as not found`() {
    #expect(throws: Failure.noPython) { try finder(programs: []).find() }
    #expect(Failure.noPython.exitCode == 127)
  }
}
