// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// The recordings that a command is about: named, numbered as `mprof list` does, or the newest.
enum ProfileFiles {
  /// Those of this folder that have the usual name, the oldest first.
  static func all() -> [String] {
    Files.entries(of: ".").filter(SeriesName.isUsual).sorted()
  }

  /// The files that words mean: a number is a place in the list, from its end if negative.
  static func named(_ words: [String]) throws(Failure) -> [String] {
    var names: [String] = []
    for word in words {
      if Files.isThere(word) {
        names.append(word)
        continue
      }
      guard let index = Int(word) else { throw .mprof(.noSuchFile(word)) }
      let list = all()
      let place = index < 0 ? list.count + index : index
      guard list.indices.contains(place) else {
        throw .mprof(.noSuchIndex(index, count: list.count))
      }
      names.append(list[place])
    }
    return names
  }

  /// The newest, which is said.
  static func newest() throws(Failure) -> String {
    guard let newest = all().last else { throw .mprof(.noProfiles) }
    write("Using last profile data.", to: STDOUT_FILENO)
    return newest
  }

  /// Reads a recording; what could not be read of it is said on stderr.
  static func read(_ path: String) throws(Failure) -> MemorySeries {
    var reader = SeriesReader()
    var isEmpty = true
    do throws(Failure) {
      try Files.forEachPiece(of: path) { bytes in
        isEmpty = false
        reader.read(bytes)
      }
    } catch {
      guard case .cannotRead(let path, let reason) = error else { throw error }
      throw .mprof(.cannotRead(path: path, reason: reason))
    }
    let series = reader.finish()
    if series.isEmpty, !isEmpty { throw .mprof(.notRecorded(path: path)) }
    if let sentence = series.unreadable.sentence {
      write("mprof: \(path): \(sentence)", to: STDERR_FILENO)
    }
    return series
  }
}
