// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// One of mprof's commands: the argument parser has its options, `OptionWords` the rest.
protocol MprofSubcommand: ParsableCommand {
  /// The word after `mprof`.
  static var word: String { get }
  static var knownOptions: [OptionWords.Option] { get }
  /// Whether the first word that is no option begins a program's command line.
  static var endsAtProgram: Bool { get }
  /// The words that are no options.
  var others: [String] { get set }
  /// Parses and runs; wrong usage is one sentence, help a success.
  static func perform(_ words: [String]) throws
}

extension MprofSubcommand {
  static var endsAtProgram: Bool { false }

  static func perform(_ words: [String]) throws {
    var command: Self
    do {
      let split = try OptionWords(words, known: knownOptions, endsAtOther: endsAtProgram)
      command = try parse(split.options)
      command.others = split.others
    } catch let mistake as OptionMistake {
      throw Failure.mprof(.usage(command: word, sentence: "\(mistake)"))
    } catch  where exitCode(for: error) == .success {
      leave(with: 0, printing: fullMessage(for: error))
    } catch {
      let sentence = message(for: error).split(separator: "\n").first ?? "wrong usage"
      throw Failure.mprof(.usage(command: word, sentence: String(sentence)))
    }
    try command.run()
  }
}
