// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MemorySeries

/// Takes the samples of one run and writes them down.
///
/// A peak between two samples is not lost: where the kernel's high-water mark of a process has risen
/// above all that is known of it, that is written as a sample of its own, at the time of the sample
/// that found it, and before it. So much is certain of it: that it was reached after the sample
/// before. Of a sum over processes the mark of one is the least that the sum must have been.
struct Sampler {
  let measure: Measure
  /// Whether MEM is the sum over the tree.
  let sumsTree: Bool
  /// Whether each process below the root has records of its own.
  let listsChildren: Bool
  /// Whether the sum over the tree is wanted in any case.
  let hasLimit: Bool

  private(set) var tree: ProcessTree
  /// The memory of all processes at the last sample.
  private(set) var total = Kibibytes(0)
  /// The most that one process is known to have had.
  private(set) var highest = Kibibytes(0)
  /// Whether the last sample found the root alive.
  private(set) var isAlive = true
  private(set) var samples = 0
  /// What a process had that no sample saw, at most.
  private(set) var unseen: Kibibytes?

  init(
    _ tree: ProcessTree, measure: Measure, sumsTree: Bool, listsChildren: Bool, hasLimit: Bool
  ) {
    self.tree = tree
    self.measure = measure
    self.sumsTree = sumsTree
    self.listsChildren = listsChildren
    self.hasLimit = hasLimit
  }

  private var looksAtTree: Bool { sumsTree || listsChildren || hasLimit }

  /// Takes the marks as they are for old: what was before is none of the recording's.
  mutating func forgetThePast() {
    if looksAtTree { tree.discover() }
    tree.read(measure, onlyRoot: !looksAtTree) { process, reading in _ = process.note(reading) }
  }

  /// Stops all processes and finds those that are new.
  mutating func freezeTree() { tree.freeze() }

  /// Takes one sample.
  mutating func sample(at time: WallTime, into writer: inout SeriesWriter) {
    if looksAtTree { tree.discover() }
    var sum = Kibibytes(0)
    var own: Kibibytes?
    var peak: Kibibytes?
    let root = tree.root
    let (sumsTree, listsChildren) = (sumsTree, listsChildren)
    var listed: [(processID: pid_t, memory: Kibibytes)] = []
    var highest = highest
    tree.read(measure, onlyRoot: !looksAtTree) { process, reading in
      let mark = process.note(reading)
      highest = max(highest, process.known)
      sum = sum + reading.memory
      if process === root {
        own = reading.memory
        if let mark { peak = max(peak ?? mark, mark) }
      } else {
        if let mark, sumsTree { peak = max(peak ?? mark, mark) }
        guard listsChildren else { return }
        if let mark { listed.append((process.processID, mark)) }
        listed.append((process.processID, reading.memory))
      }
    }
    self.highest = highest
    total = sum
    isAlive = own != nil
    guard let own else { return }
    let memory = sumsTree ? sum : own
    if let peak, peak > memory { writer.memory(peak, at: time) }
    writer.memory(memory, at: time)
    for (processID, memory) in listed { writer.child(processID, memory, at: time) }
    samples += 1
  }

  /// What the kernel's account at the end of the program adds.
  ///
  /// - Parameters:
  ///   - most: the most that the program had, or any process that it waited for.
  ///   - hadChildren: whether it waited for any; nil if that is not known, so that the most may be theirs.
  ///   - own: what this process had, which the kernel counts too, because the program began as it.
  ///   - time: when the program ended.
  ///   - writer: takes the record.
  mutating func end(
    most: Kibibytes, hadChildren: Bool?, own: Kibibytes, at time: WallTime,
    into writer: inout SeriesWriter
  ) {
    // It is the most of all programs that the process was one after the other, and a few pages more than
    // the last mark that was read of each: those are no peak at the end.
    let slack = Kibibytes(1024)
    guard measure.hasHighWaterMark, most > max(highest + slack, own) else { return }
    if hadChildren == false {
      writer.memory(most, at: time)
      highest = most
      samples += 1
    } else if sumsTree || listsChildren || hadChildren == nil {
      writer.unseen(most, at: time)
      unseen = most
    }
  }
}
