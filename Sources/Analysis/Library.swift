// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What was installed, or came with Python, and is not the program's own.
package struct Library: Hashable, Sendable {
  /// What it is called: a package or a module.
  package let name: String

  /// What finds modules and loads them; what it calls is the module that is being imported.
  package static let importSystem = Library(name: "Python's import system")
  private static let python = Library(name: "Python")

  private init(name: String) { self.name = name }

  /// The library that a file belongs to; nil where the file is the program's own.
  package init?(ofFile file: String) {
    if file.hasPrefix("<frozen ") {
      self = file.hasPrefix("<frozen importlib") ? Self.importSystem : Self.python
      return
    }
    let parts = file.split(separator: "/")
    guard let folder = parts.indices.dropLast().last(where: { Self.isFolder(parts, $0) }) else {
      return nil
    }
    let part = parts[folder + 1]
    name = String(part.hasSuffix(".py") ? part.dropLast(3) : part)
  }

  /// Whether a part of a path is a folder that libraries are installed into.
  private static func isFolder(_ parts: [Substring], _ index: Int) -> Bool {
    let part = parts[index]
    if part == "site-packages" || part == "dist-packages" { return true }
    return part.hasPrefix("python3") && index > 0 && ["lib", "lib64"].contains(parts[index - 1])
  }
}
