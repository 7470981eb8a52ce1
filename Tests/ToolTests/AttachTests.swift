// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAttach
import Glibc
import Testing

@testable import Tool

/// What is known of a process before it is attached to, and what is brought into it.
@Suite struct AttachTests {
  @Test func `a mapping is a row of the kernel's map`() throws {
    let row = try #require(
      Mapping("7f12a000-7f12c000 r-xp 00028000 fe:01 1234    /lib/a b.so (deleted)"))
    #expect(row.addresses == 0x7F12_A000..<0x7F12_C000)
    #expect(row.isExecutable)
    #expect((row.offset, row.inode, row.path) == (0x28000, 1234, "/lib/a b.so (deleted)"))
    #expect(Mapping("7f12a000-7f12c000 rw-p 00000000 00:00 0")?.path == "")
    #expect(Mapping("") == nil)
    #expect(Mapping("a b c d e f") == nil)
  }

  @Test func `a library's symbols are those that the loader finds`() throws {
    let own = try #require(Mapping.all(of: getpid()))
    let libc = try #require(own.first { Files.name(of: $0.path) == "libc.so.6" && $0.offset == 0 })
    let (preferred, found) = try #require(symbols(of: libc.path))
    #expect(Set(found.keys) == ["mmap", "pthread_self"])
    let loaded = unsafe UInt64(UInt(bitPattern: dlsym(nil, "pthread_self")))
    #expect(found["pthread_self"]?.address == loaded &- libc.addresses.lowerBound &+ preferred)
  }

  @Test func `what is no library offers nothing`() {
    #expect(symbols(of: "/proc/self/maps") == nil)
    #expect(symbols(of: "/no/such/file") == nil)
  }

  private func symbols(of path: String) -> (preferred: UInt64, found: [String: ElfFile.Symbol])? {
    guard let file = ElfFile(path), let preferred = file.preferredAddress else { return nil }
    return (preferred, file.symbols(named: ["mmap", "pthread_self", "no_such_function"]))
  }

  @Test func `a path is the same in Python, whatever is in it`() {
    #expect(
      ErrandText.literal("/a'\n\\é")
        == "bytes.fromhex(' 2f61270a5cc3a9').decode('utf-8', 'surrogateescape')")
  }

  @Test func `code that is copied fits in a page, and a text in its block`() {
    #expect((1...4096).contains(peakline_errand_code_size()))
    #expect(peakline_errand_begin_offset() < peakline_errand_code_size())
    #expect(peakline_errand_queue_offset() < peakline_errand_code_size())
    let path = String(repeating: "/é", count: 1365)
    let text = ErrandText(folder: path, processID: 1, call: "begin(\(ErrandText.literal(path)))")
    var block = [UInt8](repeating: 0, count: peakline_errand_size())
    let functions = [UInt64](repeating: 0, count: Int(PEAKLINE_ERRAND_FUNCTIONS))
    let count = PythonProcess.pythons.count + PythonProcess.libcs.count
    #expect(count == functions.count)
    #expect(unsafe peakline_errand_fill(&block, functions, 0, 0, text.text) == 1)
    #expect(unsafe peakline_errand_state(block) == 0)
    let long = String(repeating: "#", count: 1 << 15)
    #expect(unsafe peakline_errand_fill(&block, functions, 0, 0, long) == 0)
  }

  @Test(arguments: [0, 8, 15]) func `a frame stands where a call leaves the stack`(odd: UInt64) {
    let registers = (0..<27).map { UInt64($0) + 100 }
    let vectors = [UInt8](repeating: 7, count: 832)
    let top = 0x7FFF_0000 + odd
    let plain = SignalFrame(
      below: top, registers: registers, vectors: nil, mask: 5, restorer: 0xABCD)
    #expect(plain.address % 16 == 8 && plain.address + UInt64(plain.bytes.count) <= top)
    #expect(plain.bytes.word(at: 0) == 0xABCD)
    // The instruction, the vector registers' address, and the mask.
    #expect(plain.bytes.word(at: 176) == 116)
    #expect(plain.bytes.word(at: 232) == 0)
    #expect(plain.bytes.word(at: 304) == 5)
    let full = SignalFrame(
      below: top, registers: registers, vectors: vectors, mask: 5, restorer: 0xABCD)
    let place = full.bytes.word(at: 232)
    #expect(place % 64 == 0 && full.address + UInt64(full.bytes.count) <= top)
    let image = Array(full.bytes[Int(place - full.address)...])
    #expect(image.count == 836 && image.single(at: 832) == 0x4650_5845)
    #expect((image.single(at: 464), image.single(at: 480)) == (0x4650_5853, 832))
  }

  @Test func `each reason is one line that names the process`() {
    let reasons: [AttachFailure.Reason] = [
      .noProc, .noProcess, .hasEnded, .isKernels, .hasNoMainThread, .isOurselves, .isThread(of: 5),
      .otherUser,
      .stopped, .unknownArchitecture, .hasShadowStack, .isSealed, .noRoom,
      .traced(by: 5), .forbidden(.ptraceScope(1)), .forbidden(.ptraceScope(2)),
      .forbidden(.ptraceScope(3)), .forbidden(.container), .forbidden(.protected),
      .otherArchitecture, .is32Bit, .isStatic, .isMusl, .notPython, .olderPython,
      .replaced(path: "/a"), .notVisible(path: "/a"), .otherAgent(path: "/a"),
      .noSafePlace(after: 10, .call), .noSafePlace(after: 0.5, .thread),
      .noSafePlace(after: 1, .nothing), .interrupted(by: SIGINT, .thread), .noAnswer, .notReady,
      .noThread, .refused("why"),
    ]
    for reason in reasons {
      let sentence = AttachFailure(process: 4711, reason: reason).description
      #expect(sentence.hasPrefix("peakline: process 4711 "))
      #expect(!sentence.contains("\n") && !sentence.contains("  "))
    }
  }

  @Test func `work on another thread is waited for`() {
    let own = pthread_self()
    var isOther = false
    let answer = Background.wait { () -> Int in
      usleep(1000)
      isOther = pthread_self() != own
      return 7
    }
    #expect(answer == 7 && isOther)
  }

  @Test func `what is no Python, or not there, is told apart`() {
    #expect(throws: AttachFailure(process: getpid(), reason: .isOurselves)) {
      try PythonProcess(getpid())
    }
    #expect(throws: AttachFailure(process: 4_194_999, reason: .noProcess)) {
      try PythonProcess(4_194_999)
    }
  }
}
