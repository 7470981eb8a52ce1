// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// What the sentence above a table says, and what it leaves unsaid because the rows do not tell.
@Suite struct FindingTests {
  private func finding(_ function: Function, backend: String = "heap") -> String? {
    Finding.sentence(for: FunctionFigures(function), backend: backend, style: Style())
  }

  @Test func `small things are not worth a sentence`() {
    #expect(finding(function(.ran(2, adds: 15 * kib), .ran(3, adds: -4 * kib))) == nil)
    #expect(finding(function(.ran(2))) == nil)
    #expect(finding(function(.idle(2))) == nil)
    #expect(finding(function(.ran(2, adds: 900 * kib)), backend: "rss") == nil)
  }

  @Test func `the line that holds most of the peak of a call is named`() {
    let told = finding(
      function(.ran(2, adds: 61 * mib), .ran(3, adds: 29 * mib), .ran(4, adds: 0, peak: 10 * mib)))
    #expect(told == "Line 2 holds 61 % of the peak, 100 MiB above the start, which line 4 reaches.")
  }

  @Test func `what may have been freed before the peak is not said to be held`() {
    let told = finding(
      function(
        .ran(2, adds: 60 * mib), .ran(3, adds: 30 * mib, freed: 20 * mib),
        .ran(4, adds: 0, peak: 10 * mib)))
    #expect(
      told
        == "Line 2 holds at least 40 % of the peak, 100 MiB above the start, which line 4 reaches.")
  }

  @Test func `a line that makes the peak alone, and keeps little, is told once`() {
    let told = finding(function(.ran(2, adds: mib, peak: 50 * mib), .ran(3, adds: mib)))
    #expect(
      told == "Line 2 makes all of the peak, 50.0 MiB above the start, and adds only 1.00 MiB.")
  }

  @Test func `in a loop nothing is known of the peak, so the growth is told`() {
    let told = finding(
      function(.ran(2, times: 3, adds: 60 * mib, peak: 20 * mib), .ran(3, times: 2, adds: 40 * mib))
    )
    #expect(told == "Line 2 adds 60 % of what the lines add: 60.0 MiB of 100 MiB.")
  }

  @Test func `a generator is suspended, so that nothing is known of its peak`() {
    let told = finding(function(.ran(2, "yield f()", adds: 60 * mib), .ran(3, adds: 40 * mib)))
    #expect(told == "Line 2 adds 60 % of what the lines add: 60.0 MiB of 100 MiB.")
  }

  @Test func `only the whole is all`() {
    let nearly = function(.ran(2, times: 2, adds: 1000 * mib), .ran(3, adds: 10 * kib))
    #expect(finding(nearly) == "Line 2 adds nearly all of what the lines add: 1000 MiB.")
    let all = function(.ran(2, times: 2, adds: 1000 * mib), .ran(3))
    #expect(finding(all) == "Line 2 adds all that the lines add: 1000 MiB.")
  }

  @Test func `a temporary is told by how high it stands and what it adds`() {
    let told = finding(
      function(.ran(2, times: 2, adds: 10 * mib), .ran(3, adds: -5, peak: 200 * mib, freed: 5)))
    #expect(
      told
        == "Line 2 adds all that the lines add: 10.0 MiB; "
        + "line 3 peaks 200 MiB above its start and adds less than nothing (-5 B).")
  }

  @Test func `many blocks for little are told with their number`() {
    let told = finding(
      function(
        .ran(
          2, times: 2, adds: 80 * mib, peak: 80 * mib, allocated: 1200 * mib, freed: 1120 * mib,
          blocks: 3_000_000)))
    #expect(
      told
        == "Line 2 adds all that the lines add: 80.0 MiB; "
        + "it allocates 1.17 GiB in 3,000,000 blocks.")
    let other = finding(
      function(
        .ran(2, times: 2, adds: 80 * mib),
        .ran(3, adds: mib, peak: mib, allocated: 90 * mib, freed: 89 * mib, blocks: 7)))
    #expect(
      other
        == "Line 2 adds 99 % of what the lines add: 80.0 MiB of 81.0 MiB; "
        + "line 3 allocates 90.0 MiB in 7 blocks to add only 1.00 MiB.")
  }

  @Test func `releasing what others allocated is told as more freed than allocated`() {
    let told = finding(function(.ran(2, adds: -80 * mib)))
    #expect(
      told == "Line 2 gives back 80.0 MiB; in all, 80.0 MiB more is freed than allocated.")
  }

  @Test func `a function after which nothing stays is told`() {
    let told = finding(
      function(.ran(2, times: 2, adds: 80 * mib, resident: 80 * mib), .ran(3, adds: -80 * mib)))
    #expect(
      told
        == "Line 2 adds all that the lines add: 80.0 MiB; line 3 gives back 80.0 MiB; "
        + "nothing stays.")
  }

  @Test func `other threads are told when they dwarf the lines, as not the lines' own`() {
    let told = finding(function(.ran(2, adds: 20 * kib, others: 300 * mib)))
    #expect(
      told
        == "Line 2 makes all of the peak, 20.0 KiB above the start; "
        + "while line 2 ran, the rest of the process added 300 MiB.")
  }

  @Test func `pages that are not there are told, and those that stay`() {
    let untouched = finding(function(.ran(2, times: 2, adds: 800 * mib, resident: mib)))
    #expect(
      untouched
        == "Line 2 adds all that the lines add: 800 MiB; of what line 2 adds, little is new in the "
        + "resident set (1.00 MiB).")
    let kept = finding(function(.ran(2, adds: -800 * mib, resident: 0)))
    #expect(kept?.hasSuffix("what line 2 gives back stays in the resident set (0 B).") == true)
  }

  @Test func `a function that calls itself has no shares and no balance`() {
    let told = finding(
      function(
        .ran(2, "work(n - 1)", times: 9, adds: 80 * mib), .ran(3, adds: 60 * mib), calls: 9,
        recursive: true))
    #expect(told == "Line 2 adds most: 80.0 MiB.")
  }

  @Test func `resident memory says what grew and what shrank, and no more`() {
    let told = finding(
      function(.ran(2, adds: 60 * mib), .ran(3, adds: 40 * mib), .ran(4, adds: -50 * mib)).resident,
      backend: "rss")
    #expect(
      told
        == "Line 2 adds 60 % of what the lines add: 60.0 MiB of 100 MiB; line 4 gives back 50.0 MiB."
    )
  }
}

extension Function {
  /// The same without the heap's figures.
  fileprivate var resident: Function {
    var copy = self
    for index in copy.lines.indices {
      copy.lines[index].ownPeak = nil
      copy.lines[index].allocated = nil
      copy.lines[index].freed = nil
      copy.lines[index].otherThreads = nil
    }
    return copy
  }
}
