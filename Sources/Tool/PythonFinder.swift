// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Chooses the Python that a command runs.
///
/// `$PEAKLINE_PYTHON` first, because it was said on purpose. Then the python3 beside this executable:
/// in a virtual environment that is the one that Peakline was installed into, activated or not. Then
/// `PATH`. Everything that it asks of the world is a stored property, so that tests can answer.
struct PythonFinder {
  /// The value of `PEAKLINE_PYTHON`, if any: a path, or a name to look up on `PATH`.
  var chosen: String?
  /// The value of `PATH`.
  var searchPath: String
  /// The directory of this executable, links resolved.
  var home: String?
  /// Whether a path can be run.
  var isProgram: (String) -> Bool

  /// The finder of this process.
  static func current() -> PythonFinder {
    PythonFinder(
      chosen: environment("PEAKLINE_PYTHON"),
      searchPath: environment("PATH") ?? "/usr/bin:/bin",
      home: Files.thisExecutable().map(Files.directory(of:)),
      isProgram: Files.isProgram
    )
  }

  /// The path of the Python to run.
  func find() throws(Failure) -> String {
    if let chosen, !chosen.isEmpty {
      guard let path = resolve(chosen) else { throw .chosenPythonMissing(chosen) }
      return path
    }
    if let beside = home.map({ $0 + "/python3" }), isProgram(beside) { return beside }
    guard let path = resolve("python3") ?? resolve("python") else { throw .noPython }
    return path
  }

  /// A name with a slash is a path; any other is looked up, as a shell does.
  private func resolve(_ name: String) -> String? {
    if name.contains("/") { return isProgram(name) ? name : nil }
    return searchPath.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: isProgram)
  }

  private static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}
