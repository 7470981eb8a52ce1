// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The texts of a capture's lines: what it holds itself, else the files as they are now.
package final class SourceLines {
  private let startTime: Int
  private let folder: String
  private let disk: (String) -> SourceFile?
  /// What the capture holds, by file and line.
  private var kept: [String: [Int: String]] = [:]
  private var files: [String: SourceFile?] = [:]
  /// Files that were read from the disk and had been changed after the recording began, in order.
  package private(set) var changedFiles: [String] = []
  private var noted: Set<String> = []

  /// `disk` reads a file; tests have their own.
  package init(
    _ capture: Capture, disk: @escaping (String) -> SourceFile? = SourceFile.init(path:)
  ) {
    startTime = capture.header.startTime
    folder = capture.folder
    self.disk = disk
    for source in capture.sources.dropFirst() where source.line > 0 {
      let file = capture.texts[source.file]
      kept[file, default: [:]][Int(source.line)] = capture.texts[source.text]
    }
  }

  /// The text of a line without its newline; nil where it is not known.
  package func text(_ file: String, _ line: Int) -> String? {
    if let text = kept[file]?[line] { return text }
    guard let whole = whole(file), line >= 1, line <= whole.count else { return nil }
    return whole[line]
  }

  /// The text of a line as it ran; nil where it is not known, or where the file was changed since.
  package func textThatRan(_ file: String, _ line: Int) -> String? {
    if let text = kept[file]?[line] { return text }
    guard let whole = read(file), whole.modified <= startTime, line >= 1, line <= whole.count else {
      return nil
    }
    return whole[line]
  }

  /// How many lines the file has on the disk, or in the capture where that holds it whole; else 0.
  package func count(_ file: String) -> Int {
    whole(file)?.count ?? (hasWhole(file) ? kept[file]?.count ?? 0 : 0)
  }

  /// Whether the capture itself holds all lines of a file, as it does of those that are on no disk.
  package func hasWhole(_ file: String) -> Bool {
    guard let lines = kept[file], let last = lines.keys.max() else { return false }
    return lines.count == last
  }

  private func whole(_ file: String) -> SourceFile? {
    let read = read(file)
    if let read, read.modified > startTime, noted.insert(file).inserted {
      changedFiles.append(file)
    }
    return read
  }

  private func read(_ file: String) -> SourceFile? {
    if let known = files[file] { return known }
    let read = disk(Self.path(file, in: folder))
    files[file] = .some(read)
    return read
  }

  /// Where a file lies that Python names, seen from the folder that the program ran in.
  static func path(_ file: String, in folder: String) -> String {
    file.hasPrefix("/") || file.hasPrefix("<") || folder.isEmpty ? file : folder + "/" + file
  }
}
