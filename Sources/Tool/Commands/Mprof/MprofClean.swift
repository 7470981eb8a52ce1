// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// `mprof clean`: removes all recordings of this folder.
struct MprofClean: MprofSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Remove all recordings with the usual name from this directory.",
    usage: "mprof clean [--dry-run]")

  static let word = "clean"
  static let knownOptions = [OptionWords.Option(long: "dry-run")]

  @Flag(help: "Only print what would be removed.")
  var dryRun = false

  var others: [String] {
    get { [] }
    set {}
  }

  func run() throws {
    let all = ProfileFiles.all()
    let folders = all.filter { Files.isFolder($0) }
    for name in folders {
      write("mprof: \(name) is a folder, and stays", to: STDERR_FILENO)
    }
    try Removal.remove(
      all.filter { !folders.contains($0) }, isRehearsal: dryRun, withStamps: false)
  }
}
