// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports
import Testing

@testable import Tool

/// What `peakline top` takes, whom it finds, and what it says where there is nothing to be found.
@Suite struct TopTests {
  private func sentence(_ words: [String]) -> String {
    do {
      _ = try Top.parse(words)
      return ""
    } catch {
      return Top.message(for: error)
    }
  }

  @Test func `options are taken`() throws {
    let top = try Top.parse([
      "--sort", "allocations", "--filter", "pkg", "-i", "0.5s", "--once", "--ascii", "--hide", "x",
      "4711",
    ])
    #expect(top.sort == .allocations)
    #expect(top.filter == "pkg" && top.once && top.ascii && top.subject == "4711")
    #expect(top.options.selection.hide == ["x"])
    #expect(try Top.parse([]).subject == nil)
  }

  @Test func `what cannot be asked is refused in a sentence`() {
    for interval in ["0", "1ms", "x", "-1s", "nan"] {
      #expect(
        sentence(["--interval=\(interval)"]).contains("--interval needs a time"), "\(interval)")
    }
    #expect(sentence(["-"]).contains("cannot be looked at again"))
    #expect(sentence(["--sort", "size"]).contains("at-peak"))
  }

  @Test func `failures are one sentence that says what to do`() {
    let failures: [TopFailure] = [
      .noProcess(4), .noProc, .otherUsers(4), .hasEnded(4), .notRecorded(4), .isChild(4, of: 3),
      .captureDeleted(4, path: "/a"), .noneHere,
    ]
    for failure in failures {
      let text = Failure.top(failure).description
      #expect(text.hasPrefix("peakline: ") && !text.contains("\n") && !text.hasSuffix("."))
      #expect(text.dropFirst(10).contains(":"))
      #expect(Failure.top(failure).exitCode == 2)
    }
  }

  @Test func `shared files are read from a list of mappings, each once`() {
    let maps = """
      5581d0000000-5581d0001000 r-xp 00000000 08:01 42                         /usr/bin/python3
      7f0000000000-7f0000010000 rw-s 00000000 08:01 77                         /tmp/a b.peakline
      7f0000010000-7f0000020000 rw-s 00020000 08:01 77                         /tmp/a b.peakline
      7f0000020000-7f0000030000 rw-s 00000000 08:01 78                         /tmp/x\\012y.peakline
      7f0000030000-7f0000040000 rw-s 00000000 08:01 79                     /tmp/z.peakline (deleted)
      7f0000040000-7f0000050000 rw-s 00000000 00:01 80                         anon_inode:[x]
      7f0000050000-7f0000060000 rw-p 00000000 00:00 0
      7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
      """
    #expect(
      MappedFile.all(Array(maps.utf8)) == [
        MappedFile(path: "/tmp/a b.peakline", inode: 77, isDeleted: false),
        MappedFile(path: "/tmp/x\ny.peakline", inode: 78, isDeleted: false),
        MappedFile(path: "/tmp/z.peakline", inode: 79, isDeleted: true),
      ])
    #expect(MappedFile.all([]).isEmpty)
  }

  @Test func `a screen needs a terminal that is more than a typewriter`() {
    func can(_ term: String?, _ isTerminal: Bool = true) -> Bool {
      Terminal(isTerminal: isTerminal, columns: 80) { $0 == "TERM" ? term : nil }.canBeDrawnOn
    }
    #expect(can("xterm-256color") && can("linux"))
    #expect(!can("dumb") && !can("") && !can(nil) && !can("xterm", false))
  }
}
