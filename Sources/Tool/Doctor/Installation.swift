// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Judges from what a Python answered whether Peakline is there, whole, and not hidden by another.
struct Installation {
  /// The path of the Python.
  var python: String
  /// What it answered, by name; see `PythonProbe`.
  var answers: [String: String]

  private var reinstall: String {
    "'\(python) -m pip install --force-reinstall --no-deps peakline'"
  }

  /// All findings; those that stand on a failed one are left out.
  func findings(isProgram: (String) -> Bool) -> [Finding] {
    let interpreter = interpreter()
    guard interpreter.state != .bad else { return [interpreter] }
    let package = package()
    guard package.state != .bad else { return [interpreter, package] }
    return [
      interpreter, package, agent(), lines(), heap(), memoryProfiler(),
      commands(isProgram: isProgram),
    ]
  }

  private func interpreter() -> Finding {
    let found = "\(python), \(answers["implementation"] ?? "Python") \(answers["version"] ?? "?")"
    guard answers["recent"] == "True" else {
      return Finding(
        name: "python", state: .bad,
        detail: "\(found) is too old: set PEAKLINE_PYTHON to a Python 3.10 or newer")
    }
    return Finding(name: "python", state: .good, detail: found)
  }

  private func package() -> Finding {
    guard let path = answers["package"], let version = answers["package-version"] else {
      let error = answers["package-error"] ?? "no answer"
      return Finding(
        name: "package", state: .bad,
        detail: "peakline cannot be imported there (\(error)): install it with \(reinstall), "
          + "or set PEAKLINE_PYTHON to the Python that has it")
    }
    guard version == peaklineVersion else {
      return Finding(
        name: "package", state: .bad,
        detail: "\(path) is version \(version), but this program is \(peaklineVersion): "
          + "reinstall with \(reinstall)")
    }
    return Finding(name: "package", state: .good, detail: "peakline \(version) in \(path)")
  }

  private func agent() -> Finding {
    guard let abi = answers["abi"] else {
      let error = answers["agent-error"] ?? "no answer"
      return Finding(
        name: "agent", state: .bad,
        detail: "the native agent does not load (\(error)): reinstall with \(reinstall)")
    }
    return Finding(name: "agent", state: .good, detail: "loads, interface \(abi)")
  }

  /// Who delivers the events of lines, and what limits the figures there.
  private func lines() -> Finding {
    let name = "lines"
    guard let driver = answers["driver"] else {
      let error = answers["driver-error"] ?? "no answer"
      return Finding(
        name: name, state: .bad,
        detail: "lines cannot be measured (\(error)): reinstall with \(reinstall)")
    }
    if let caveats = answers["caveats"], !caveats.isEmpty {
      return Finding(name: name, state: .note, detail: caveats)
    }
    let how = ["monitoring": "sys.monitoring", "hook": "the frame evaluation hook"][driver]
    return Finding(name: name, state: .good, detail: "measured by \(how ?? driver), to the page")
  }

  /// Whether allocations can be counted there, and what is missing from the figures.
  private func heap() -> Finding {
    let name = "heap"
    if let obstacle = answers["heap-obstacle"] {
      return Finding(name: name, state: .note, detail: obstacle)
    }
    guard let caveats = answers["heap-caveats"] else {
      let error = answers["heap-error"] ?? "no answer"
      return Finding(
        name: name, state: .bad,
        detail: "the heap cannot be counted (\(error)): reinstall with \(reinstall)")
    }
    guard caveats.isEmpty else { return Finding(name: name, state: .note, detail: caveats) }
    let counted =
      answers["objects"] == "malloc"
      ? "malloc, which gives Python its small objects here, and mappings"
      : "malloc, mappings, Python's small objects"
    return Finding(name: name, state: .good, detail: "counted: \(counted)")
  }

  /// The original distribution installs modules of the same names; a directory wins over a module
  /// beside it, but not over one that comes earlier on the import path.
  private func memoryProfiler() -> Finding {
    let name = "memory_profiler"
    guard let path = answers["memory-profiler"] else {
      return Finding(
        name: name, state: .bad,
        detail: "Peakline's memory_profiler is missing: reinstall with \(reinstall)")
    }
    guard path.hasSuffix("/memory_profiler/__init__.py") else {
      return Finding(
        name: name, state: .bad,
        detail: "'import memory_profiler' gives \(path), not Peakline's: remove it with "
          + "'\(python) -m pip uninstall memory-profiler', then reinstall with \(reinstall)")
    }
    guard let version = answers["original"] else {
      let directory = Files.directory(of: path)
      return Finding(name: name, state: .good, detail: "Peakline's, in \(directory)")
    }
    return Finding(
      name: name, state: .note,
      detail: "Peakline's; memory-profiler \(version) is installed beside it, unused: "
        + "uninstalling it takes the mprof command away, which reinstalling Peakline brings back")
  }

  private func commands(isProgram: (String) -> Bool) -> Finding {
    guard let scripts = answers["scripts"] else {
      return Finding(name: "commands", state: .note, detail: "their directory is not known")
    }
    // Installed elsewhere, for one user say: then they are where this program itself is.
    let home = Files.thisExecutable().map(Files.directory(of:))
    let directories = [scripts, home].compactMap { $0 }
    let missing = ["peakline", "mprof"].filter { name in
      !directories.contains { isProgram("\($0)/\(name)") }
    }
    guard missing.isEmpty else {
      let names = missing.joined(separator: " and ")
      return Finding(
        name: "commands", state: .bad,
        detail: "\(names) missing from \(scripts) (uninstalling memory-profiler removes mprof): "
          + "bring it back with \(reinstall)")
    }
    return Finding(name: "commands", state: .good, detail: "peakline and mprof in \(scripts)")
  }
}
