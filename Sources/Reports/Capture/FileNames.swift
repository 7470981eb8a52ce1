// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What files are called: as seen from the program's folder, or from where a library is installed, as long as
/// no other file of the capture is called the same.
struct FileNames {
  /// Those that another file would be taken for.
  private var alike: Set<String> = []
  private let folder: String

  init(_ capture: Capture) {
    let folder = capture.folder
    self.folder = folder.hasSuffix("/") ? folder : folder + "/"
    var owners: [Substring: String] = [:]
    for number in Set(capture.functions.map(\.file)) {
      let file = capture.texts[number]
      if let other = owners.updateValue(file, forKey: end(of: file)), other != file {
        alike.formUnion([file, other])
      }
    }
  }

  /// What a file is called; of those that are alike, the libraries' by their whole paths.
  func short(_ file: String) -> String {
    if file.isEmpty { return "?" }
    let isWhole = alike.contains(file) && !isProgram(file)
    return DisplayWidth.shown(isWhole ? file : String(end(of: file)))
  }

  private func isProgram(_ file: String) -> Bool { folder.count > 1 && file.hasPrefix(folder) }

  private func end(of file: String) -> Substring {
    if isProgram(file) { return file.dropFirst(folder.count) }
    var parts = file.split(separator: "/", omittingEmptySubsequences: false)[...]
    if let packages = parts.lastIndex(where: { $0 == "site-packages" || $0 == "dist-packages" }) {
      parts = parts[(packages + 1)...]
    } else if let library = parts.lastIndex(where: Self.isVersion), library > 0,
      parts[library - 1].hasPrefix("lib")
    {
      parts = parts[(library + 1)...]
    } else {
      return file[...]
    }
    guard let first = parts.first, !first.isEmpty else { return file[...] }
    return file[first.startIndex...]
  }

  /// Whether a folder has the standard library of a Python, such as python3.12 and python3.14t.
  private static func isVersion(_ folder: Substring) -> Bool {
    let version = folder.dropFirst("python3.".count)
    return folder.hasPrefix("python3.") && !version.isEmpty
      && version.allSatisfy { $0.isNumber || $0 == "t" }
  }
}
