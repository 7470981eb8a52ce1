// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// `mprof rm`: removes recordings, and the time stamps that old versions kept in a file beside them.
struct MprofRemove: MprofSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Remove recordings, by number or by name.",
    usage: "mprof rm [--dry-run] number|file …",
    discussion: """
      EXAMPLES:
        mprof rm -1          the newest
        mprof rm 0 run.dat   the oldest, and a file
      """)

  static let word = "rm"
  static let knownOptions = [OptionWords.Option(long: "dry-run")]

  @Flag(help: "Only print what would be removed.")
  var dryRun = false

  var profiles: [String] = []
  var others: [String] {
    get { profiles }
    set { profiles = newValue }
  }
  enum CodingKeys: CodingKey { case dryRun }

  func run() throws {
    guard !profiles.isEmpty else {
      leave(with: 1, printing: "A profile to remove must be provided (number or filename)")
    }
    try Removal.remove(ProfileFiles.named(profiles), isRehearsal: dryRun, withStamps: true)
  }
}
