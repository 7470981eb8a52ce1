// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Finds the agent's library, which lies in the Python package that this executable came with.
enum AgentFinder {
  private static let name = "peakline/libpeakline_agent.so"

  /// The path of the library.
  ///
  /// An environment has `bin` beside `lib`; a wheel that was put into a folder of its own has `bin` in it.
  /// Where it is in neither, Python is asked, which takes some milliseconds.
  static func find() throws(Failure) -> String {
    let home = Files.thisExecutable().map(Files.directory(of:)) ?? "."
    let libraries = Files.entries(of: home + "/../lib").filter { $0.hasPrefix("python3") }.sorted()
    let folders =
      libraries.flatMap { ["\($0)/site-packages", "\($0)/dist-packages"] }.map { "lib/\($0)" } + [
        "."
      ]
    for folder in folders {
      if let path = Files.resolved("\(home)/../\(folder)/\(name)") { return path }
    }
    let script = "import peakline, sys; sys.stdout.write(peakline.__path__[0])"
    let answer = try Program.output(of: PythonFinder.current().find(), arguments: ["-c", script])
    guard answer.succeeded, let path = Files.resolved("\(answer.text)/libpeakline_agent.so") else {
      throw .agentMissing
    }
    return path
  }
}
