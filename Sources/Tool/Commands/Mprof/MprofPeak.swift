// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import MemorySeries

/// `mprof peak`: the highest memory of recordings, and of each child in them.
struct MprofPeak: MprofSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "peak",
    abstract: "Print the highest memory of recordings.",
    usage: "mprof peak [--func module.name] [number|file …]",
    discussion: """
      Without a number or a file it is the newest recording of this directory.

      EXAMPLES:
        mprof peak
        mprof peak --func __main__.load run.dat

      A process that came and went between two samples is listed as unseen, with the
      most that it can have had, where the kernel's account shows it.
      """)

  static let word = "peak"
  static let knownOptions = [OptionWords.Option(long: "func", takesValue: true)]

  @Option(help: ArgumentHelp("Only while this function ran.", valueName: "module.name"))
  var `func`: String?

  var profiles: [String] = []
  var others: [String] {
    get { profiles }
    set { profiles = newValue }
  }
  enum CodingKeys: CodingKey { case `func` }

  func run() throws {
    guard !profiles.isEmpty else { return try show(ProfileFiles.newest()) }
    var found = 0
    var failure: Failure?
    for word in profiles {
      do throws(Failure) {
        for path in try ProfileFiles.named([word]) {
          found += 1
          try show(path)
        }
      } catch {
        // The others are still of interest.
        write("\(error)", to: STDERR_FILENO)
        failure = error
      }
    }
    if failure != nil { Glibc.exit(found == 0 ? 255 : 1) }
  }

  private func show(_ path: String) throws(Failure) {
    let series = try ProfileFiles.read(path)
    guard series.peak != nil else { throw .mprof(.noSamples(path: path)) }
    let peak = `func`.map { series.peak(during: $0) } ?? series.peak
    write("\(path)\t\(Mebibytes.text(peak))", to: STDOUT_FILENO)
    for child in series.children {
      write("  Child \(child.processID)\t\t\t\(Mebibytes.text(child.peak))", to: STDOUT_FILENO)
    }
    if let bound = series.unseenBound {
      write("  unseen, at most\t\t\(Mebibytes.text(bound))", to: STDOUT_FILENO)
    }
  }
}
