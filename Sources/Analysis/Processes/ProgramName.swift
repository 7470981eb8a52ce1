// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What a command line runs, in a word or two.
package struct ProgramName: Equatable, Sendable {
  /// The program as the shell knows it: "python3", "make".
  package private(set) var executable: String
  /// What Python is to run: a script, a module, or "-c"; else the executable again.
  package private(set) var program: String
  private var isModule = false

  package init(_ command: String) {
    let words = command.split(separator: " ")
    func name(_ path: Substring?) -> String {
      path.flatMap { $0.split(separator: "/").last }.map(String.init) ?? ""
    }
    executable = name(words.first)
    // A cell of a notebook has another number each time it runs.
    if command.hasPrefix("In[") { executable = "In[]" }
    program = executable
    guard executable.hasPrefix("python") || executable.hasPrefix("pypy") else { return }
    var rest = words.dropFirst()
    while let word = rest.first, word.hasPrefix("-"), word != "-m", word != "-c", word != "-" {
      rest = rest.dropFirst(word == "-X" || word == "-W" ? 2 : 1)
    }
    isModule = rest.first == "-m"
    // A program in the command line has no name.
    if isModule {
      program = rest.dropFirst().first.map(String.init) ?? ""
    } else {
      program = rest.first == "-c" ? "-c" : name(rest.first)
    }
  }

  /// A command line without the folder of its program.
  package static func withoutFolder(_ command: String) -> String {
    let end = command.firstIndex(of: " ") ?? command.endIndex
    guard let slash = command[..<end].lastIndex(of: "/") else { return command }
    let rest = command[command.index(after: slash)...]
    return rest.isEmpty || rest.hasPrefix(" ") ? command : String(rest)
  }

  /// "python3 train.py", "python3 -m http.server", "make".
  package var short: String {
    if program == executable || program.isEmpty { return executable }
    return executable + (isModule ? " -m " : " ") + program
  }
}
