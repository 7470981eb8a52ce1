// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Takes a command line apart as memory_profiler's does, into words that the argument parser takes.
///
/// What it does and the parser does not: options end where the program begins; `-T0.5` and `-CM` are
/// two words in one; `--inc` is enough of `--include-children`; and `-1` is the last recording, not an
/// option.
struct OptionWords: Equatable {
  /// An option of a command.
  struct Option: Equatable {
    var long: String
    var short: Character?
    var takesValue = false
  }

  /// The options, each one word: `--name` or `--name=value`.
  private(set) var options: [String] = []
  /// What is none.
  private(set) var others: [String] = []

  private let known: [Option]

  /// Takes the words apart; with `endsAtOther` the first word that is no option ends the options.
  init(_ words: [String], known: [Option], endsAtOther: Bool) throws(OptionMistake) {
    self.known = known + [Option(long: "help", short: "h")]
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        others += rest
        return
      }
      if word.hasPrefix("--") {
        try takeLong(word, &rest)
      } else if word.hasPrefix("-"), word != "-", endsAtOther || Int(word) == nil {
        try takeShort(word, &rest)
      } else {
        others.append(word)
        guard endsAtOther else { continue }
        others += rest
        return
      }
    }
  }

  private mutating func takeLong(_ word: String, _ rest: inout ArraySlice<String>)
    throws(OptionMistake)
  {
    let parts = word.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    let candidates = known.filter { $0.long == name }
    let found = candidates.isEmpty ? known.filter { $0.long.hasPrefix(name) } : candidates
    guard let option = found.first else { throw .noOption("--" + name) }
    guard found.count == 1 else {
      throw .ambiguous("--" + name, found.map { "--" + $0.long })
    }
    if !option.takesValue {
      guard parts.count == 1 else { throw .takesNoValue("--" + option.long) }
      options.append("--" + option.long)
    } else if parts.count == 2 {
      options.append("--\(option.long)=\(parts[1])")
    } else {
      try takeValue(of: option, spelled: "--" + option.long, &rest)
    }
  }

  private mutating func takeShort(_ word: String, _ rest: inout ArraySlice<String>)
    throws(OptionMistake)
  {
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      guard let option = known.first(where: { $0.short == letter }) else {
        throw .noOption("-\(letter)")
      }
      if !option.takesValue {
        options.append("--" + option.long)
      } else if letters.isEmpty {
        try takeValue(of: option, spelled: "-\(letter)", &rest)
      } else {
        options.append("--\(option.long)=\(letters.first == "=" ? letters.dropFirst() : letters)")
        return
      }
    }
  }

  private mutating func takeValue(
    of option: Option, spelled: String, _ rest: inout ArraySlice<String>
  ) throws(OptionMistake) {
    guard let value = rest.popFirst() else { throw .needsValue(spelled) }
    options.append("--\(option.long)=\(value)")
  }
}

/// What is wrong with an option, as a sentence.
enum OptionMistake: Error, Equatable, CustomStringConvertible {
  case noOption(String)
  case ambiguous(String, [String])
  case takesNoValue(String)
  case needsValue(String)

  var description: String {
    switch self {
    case .noOption(let option): "there is no option \(option)"
    case .ambiguous(let option, let names):
      "\(option) may be \(names.joined(separator: " or ")): write more of it"
    case .takesNoValue(let option): "\(option) takes no value"
    case .needsValue(let option): "\(option) needs a value"
    }
  }
}
