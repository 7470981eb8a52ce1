// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureTestSupport
import Testing

@testable import Analysis

/// Which files are a library's, and which are the program's own.
@Suite struct LibraryTests {
  @Test(arguments: [
    ("/v/lib/python3.12/site-packages/appx/core/io.py", "appx"),
    ("/v/lib/python3.12/site-packages/six.py", "six"),
    ("/usr/lib/python3/dist-packages/yaml/__init__.py", "yaml"),
    ("/usr/lib64/python3.9/json/__init__.py", "json"),
    ("/usr/lib/python3.14t/logging/handlers.py", "logging"),
    ("/opt/lib/python3.12/threading.py", "threading"),
    ("<frozen importlib._bootstrap_external>", "Python's import system"),
    ("<frozen runpy>", "Python"),
  ]) func `what was installed or came with Python is a library`(_ file: String, _ name: String) {
    #expect(Library(ofFile: file)?.name == name)
  }

  @Test(arguments: [
    "/v/bin/appx", "/srv/shop/logging.py", "/srv/shop/__init__.py", "logging.py", "<string>",
    "/srv/python3.12/job.py", "/srv/my-packages/job.py", "/srv/site-packages", "/v/lib/python3", "",
  ]) func `what has the name of a library elsewhere is the program's own`(_ file: String) {
    #expect(Library(ofFile: file) == nil)
  }

  @Test func `without libraries their bytes count with the line that called them`() throws {
    var builder = CaptureBuilder(command: "python job.py")
    let main = builder.thread("MainThread", 1)
    let own = builder.calls(main, "f /srv/logging.py:3")
    builder.holds(builder.calls(own, "g /usr/lib64/python3.9/logging/__init__.py:7"), atPeak: 5)
    builder.finish(peak: 5, live: 0, baseline: 0, at: 1, end: 2)
    let account = try Account(
      Capture(bytes: builder.bytes()), .peak, Selection(hidesLibraries: true))
    #expect(
      account.rows.map(\.place) == [.line(file: "/srv/logging.py", line: 3, function: "f")])
    #expect(account.rows.map(\.figures.held) == [5])
  }
}
