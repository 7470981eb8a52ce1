// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Testing

@testable import Reports

@Suite struct FileNamesTests {
  private func names(_ files: String..., folder: String = "/home/you/shop") throws -> [String] {
    var builder = CaptureBuilder(command: "python job.py", folder: folder, interval: 0)
    for file in files { _ = builder.function("f", file) }
    let names = FileNames(try Capture(bytes: builder.bytes()))
    return files.map(names.short)
  }

  @Test func `paths begin where their program or library is`() throws {
    #expect(
      try names(
        "/home/you/shop/orders/read.py", "/usr/lib/python3.12/json/decoder.py",
        "/opt/py/lib/python3.14t/threading.py", "/usr/lib64/python3.9/ast.py",
        "/home/you/.venv/lib/python3.12/site-packages/numpy/core.py",
        "/usr/lib/python3/dist-packages/apt/cache.py", "/srv/lib/python3.x/own.py",
        "/srv/python3.12/own.py", "<frozen importlib._bootstrap>", "/usr/lib/python3.12/")
        == [
          "orders/read.py", "json/decoder.py", "threading.py", "ast.py", "numpy/core.py",
          "apt/cache.py", "/srv/lib/python3.x/own.py", "/srv/python3.12/own.py",
          "<frozen importlib._bootstrap>", "/usr/lib/python3.12/",
        ])
  }

  @Test func `two files never look alike`() throws {
    #expect(
      try names(
        "/home/you/shop/json/decoder.py", "/usr/lib/python3.12/json/decoder.py",
        "/usr/lib/python3.12/json/scanner.py")
        == ["json/decoder.py", "/usr/lib/python3.12/json/decoder.py", "json/scanner.py"])
    let libraries = ["/a/site-packages/x.py", "/b/site-packages/x.py", "/usr/lib/python3.12/x.py"]
    #expect(try names(libraries[0], libraries[1], libraries[2]) == libraries)
    #expect(try names("y.py", "/usr/lib/python3.12/y.py") == ["y.py", "/usr/lib/python3.12/y.py"])
  }

  @Test func `a file without a name is a question mark`() throws {
    #expect(try names("", folder: "/") == ["?"])
  }
}
