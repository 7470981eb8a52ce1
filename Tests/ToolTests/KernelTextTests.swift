// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries
import Testing

@testable import Tool

/// What is read of the kernel's texts, and of this very process.
@Suite struct KernelTextTests {
  @Test func `amounts are found by their names at the start of a line`() {
    let text = KernelText(
      "Name:\tVmRSS:\nVmHWM:\t    1616 kB\nVmRSS:\t  12 kB\nxVmSwap:\t3 kB\nVmPTE:")
    #expect(text.kibibytes(of: "VmHWM:") == Kibibytes(1616))
    #expect(text.kibibytes(of: "VmRSS:") == Kibibytes(12))
    #expect(text.kibibytes(of: "VmSwap:") == nil)
    #expect(text.kibibytes(of: "VmPTE:") == nil)
    #expect(KernelText("").kibibytes(of: "VmRSS:") == nil)
  }

  @Test func `the words of a stat file are counted behind the name, whatever that is`() {
    let text = KernelText("7 (a) b (x 5) S 1 2 3 4 5 6 77 88 9 10\n")
    #expect(text.statField(1) == 1)
    #expect(text.statField(7) == 77)
    #expect(text.statField(8) == 88)
    #expect(text.statField(40) == nil)
    #expect(text.state == UInt8(ascii: "S"))
    #expect(KernelText("1 (a)").state == nil)
    #expect(KernelText("no name").statField(0) == nil)
  }

  @Test func `numbers are those of a list`() {
    var found: [Int32] = []
    KernelText("12 345 6 ").forEachNumber { found.append($0) }
    #expect(found == [12, 345, 6])
  }

  @Test func `this process has memory by every measure`() throws {
    let process = try SampledProcess(getpid())
    var text = KernelText()
    for measure in Measure.allCases {
      let reading = try #require(process.read(measure, &text))
      #expect(reading.memory.count > 1000 || measure == .swap)
      #expect((reading.highWater != nil) == measure.hasHighWaterMark)
    }
    #expect(process.isAlive)
    #expect(throws: SampledProcess.Obstacle.unseen) { try SampledProcess(pid_t.max) }
    #expect(ProcessTree(root: pid_t.max).root == nil)
    let (own, others) = (text.readState(of: getpid()), text.readState(of: pid_t.max))
    #expect("RSD".utf8.contains(try #require(own)))
    #expect(others == nil)
  }

  @Test func `a mark is news when it is above all that is known, and above the reading`() throws {
    let process = try SampledProcess(getpid())
    func reading(_ memory: Int, _ mark: Int) -> SampledProcess.Reading {
      SampledProcess.Reading(memory: Kibibytes(memory), highWater: Kibibytes(mark))
    }
    #expect(process.note(reading(10, 10)) == nil)
    #expect(process.note(reading(10, 30)) == Kibibytes(30))
    #expect(process.note(reading(12, 30)) == nil)
    #expect(process.note(reading(31, 31)) == nil)
    #expect(process.note(reading(5, 32)) == Kibibytes(32))
    #expect(process.known == Kibibytes(32))
    #expect(process.note(reading(6000, 9000)) == Kibibytes(9000))
    #expect(process.note(reading(6000, 8900)) == nil)
    // It has become another program.
    #expect(process.note(reading(300, 400)) == Kibibytes(400))
    #expect(process.known == Kibibytes(400))
  }
}
