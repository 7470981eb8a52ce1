// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import MemorySeries

/// `mprof list`: the recordings of this folder, numbered from the oldest.
struct MprofList: MprofSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the recordings of this directory: number, file, time and day.",
    usage: "mprof list",
    discussion: """
      Only files with the usual name (mprofile_20261127093000.dat) are listed. Their
      numbers can be used in place of names: 0 is the oldest, -1 the newest.
      """)

  static let word = "list"
  static let knownOptions: [OptionWords.Option] = []
  var others: [String] {
    get { [] }
    set {}
  }

  func run() {
    for (index, name) in ProfileFiles.all().enumerated() {
      write(SeriesName.listing(index: index, name: name), to: STDOUT_FILENO)
    }
  }
}
