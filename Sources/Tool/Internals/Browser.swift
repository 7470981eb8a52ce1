// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The browser of whoever sits there.
enum Browser {
  /// Opens a file in it; Python knows best which that is, everywhere.
  static func open(_ path: String) throws(Failure) {
    guard let whole = Files.resolved(path) else { return }
    let script =
      "import pathlib, sys, webbrowser; "
      + "sys.exit(not webbrowser.open(pathlib.Path(sys.argv[1]).as_uri()))"
    let answer = try Program.output(
      of: PythonFinder.current().find(), arguments: ["-c", script, whole])
    guard answer.succeeded else { throw .noBrowser(path: path) }
  }
}
