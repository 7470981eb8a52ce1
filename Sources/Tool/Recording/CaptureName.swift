// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The file that a recording goes to.
enum CaptureName {
  /// What a capture of a command is called: its script, module or program, and the moment, as in
  /// `job-20261127-031500.peakline`.
  static func usual(for command: [String], at moment: time_t) -> String {
    var moment = moment
    var local = unsafe tm()
    _ = unsafe localtime_r(&moment, &local)
    let day = unsafe [Int(local.tm_year) + 1900, Int(local.tm_mon) + 1, Int(local.tm_mday)]
    let time = unsafe [Int(local.tm_hour), Int(local.tm_min), Int(local.tm_sec)]
    return "\(subject(of: command))-\(text(day))-\(text(time)).peakline"
  }

  /// What the command runs, without folders and the ending of a script.
  static func subject(of command: [String]) -> String {
    var words = command[...]
    guard let program = words.popFirst().map(Files.name(of:)) else { return "capture" }
    guard program.hasPrefix("python") || program.hasPrefix("pypy") else { return stem(program) }
    while let word = words.popFirst() {
      if word == "-m" { return words.first.map(stem) ?? program }
      if word == "-c" { break }
      if word == "-W" || word == "-X" || word == "--check-hash-based-pycs" {
        words = words.dropFirst()
      } else if word.hasPrefix("-m") {
        return stem(String(word.dropFirst(2)))
      } else if !word.hasPrefix("-") {
        return stem(Files.name(of: word))
      }
    }
    return program
  }

  private static func stem(_ name: String) -> String {
    let stem = name.hasSuffix(".py") ? String(name.dropLast(3)) : name
    let safe = stem.map { $0 == "/" || $0.isWhitespace ? "_" : $0 }
    return safe.isEmpty ? "capture" : String(safe)
  }

  private static func text(_ numbers: [Int]) -> String {
    numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
  }
}
