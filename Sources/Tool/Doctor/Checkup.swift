// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Everything that `doctor` looks at, in the order in which one thing stands on another.
enum Checkup {
  /// All findings about this machine and the Python that would be used.
  static func run() -> [Finding] {
    kernel() + python()
  }

  /// What the measurements read from the kernel.
  static func kernel() -> [Finding] {
    [
      Finding(name: "platform", state: .good, detail: System.description()),
      Files.canOpen("/proc/self/smaps_rollup", for: O_RDONLY)
        ? Finding(name: "smaps_rollup", state: .good, detail: "readable")
        : Finding(
          name: "smaps_rollup", state: .bad,
          detail: "/proc/self/smaps_rollup cannot be read: the pss and uss backends need it, "
            + "so use rss, or mount /proc"),
      Files.canOpen("/proc/self/clear_refs", for: O_WRONLY)
        ? Finding(name: "clear_refs", state: .good, detail: "writable")
        : Finding(
          name: "clear_refs", state: .note,
          detail: "/proc/self/clear_refs cannot be written: a maximum is sampled where it would "
            + "be exact, so allow writing to /proc if you need exact ones"),
    ]
  }

  /// The Python, the package in it, and the commands beside it.
  static func python() -> [Finding] {
    do throws(Failure) {
      let path = try PythonFinder.current().find()
      guard let answers = try PythonProbe.ask(path) else {
        return [
          Finding(
            name: "python", state: .bad,
            detail: "\(path) does not work: set PEAKLINE_PYTHON to a Python 3.10 or newer")
        ]
      }
      let installation = Installation(python: path, answers: answers)
      return installation.findings(isProgram: Files.isProgram)
    } catch {
      return [Finding(name: "python", state: .bad, detail: "\(error)")]
    }
  }
}
