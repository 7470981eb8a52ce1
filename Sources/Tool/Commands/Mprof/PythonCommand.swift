// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The command line that `mprof run` starts: a script gets its Python, and that the module which
/// writes down when decorated functions ran.
struct PythonCommand: Equatable {
  /// The words, as the recording has them.
  private(set) var words: [SystemText]
  /// Whether calls are recorded.
  let isPython: Bool

  /// A program that ends in `.py` is a script, unless it was said that it is nothing special.
  static func command(
    for words: [SystemText], isPython: Bool, isOrdinary: Bool, interpreter: String?
  ) throws(Failure) -> PythonCommand {
    let program = words[0].text
    let isScript = program.hasSuffix(".py") && !isOrdinary
    guard isPython || isScript else { return PythonCommand(words: words, isPython: false) }
    if !program.hasSuffix(".py"), Files.name(of: program).hasPrefix("python") {
      return PythonCommand(words: words, isPython: true)
    }
    let python: String
    if let interpreter { python = interpreter } else { python = try PythonFinder.current().find() }
    return PythonCommand(words: [SystemText(python)] + words, isPython: true)
  }

  /// Whether there is such a script, here or, as Python's side looks for it, on `PATH`.
  static func isThere(_ script: SystemText) -> Bool {
    Files.isThere(script) || Files.places(of: script).contains(where: Files.isThere)
  }

  /// Puts in what records the calls; nothing is recorded where there is no file.
  mutating func stamp(into path: String?, measure: Measure, withChildren: Bool) {
    guard isPython else { return }
    // A name that begins with a dash would be an option.
    let output = path.map { $0.hasPrefix("-") ? "./" + $0 : $0 } ?? "/dev/null"
    var stamping = ["-m", "memory_profiler", "--timestamp", "-o", output]
    if measure.pythonName != "psutil" { stamping += ["--backend", measure.pythonName] }
    if withChildren { stamping.append("--include-children") }
    words.insert(contentsOf: stamping.map { SystemText($0) }, at: 1)
  }
}
