// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureFormat

/// Writes captures from a description, as the agent does while a program runs.
package struct CaptureBuilder {
  package var header = CaptureHeader()
  package var texts: [UInt8] = [0, 0, 0, 0]
  package var functions = [CaptureFunction()]
  package var stacks = [CaptureStack()]
  package var counters = [CaptureCounters()]
  package var threads = [CaptureThread()]
  package var moments: [CaptureMoment] = []
  package var changes: [CaptureChange] = []
  package var sources: [CaptureSource] = []
  package var marks: [CaptureMark] = []
  private var numbers: [String: UInt32] = ["": 0]
  private var functionNumbers: [String: UInt32] = [:]

  /// A recording of a program called so; sampled unless `interval` is 0.
  package init(command: String = "python job.py", folder: String = "/home", interval: Int = 0) {
    header.mode = interval == 0 ? CaptureMode.exact : CaptureMode.sampled
    header.interval = interval
    header.command = text(command)
    header.folder = text(folder)
    header.stacks = CaptureStacks.recorded
    header.flags = CaptureFlags.preloaded
    header.python = 0x030C_04F0
    header.processID = 4711
    header.parentID = 1
    header.peakEpoch = 1
    header.state = CaptureState.ended
    header.exitKind = CaptureExit.exited
    // 2026-03-01 02:00:00 UTC.
    header.startTime = 1_772_330_400 * 1_000_000_000
    header.step = 10
  }

  /// The number of a text.
  package mutating func text(_ text: String) -> UInt32 {
    if let known = numbers[text] { return known }
    let number = UInt32(texts.count)
    let bytes = Array(text.utf8)
    texts += littleEndian(UInt32(bytes.count)) + bytes
    while !texts.count.isMultiple(of: 4) { texts.append(0) }
    numbers[text] = number
    return number
  }

  /// The number of a function.
  package mutating func function(_ name: String, _ file: String, firstLine: Int = 1) -> UInt32 {
    let key = "\(file):\(name):\(firstLine)"
    if let known = functionNumbers[key] { return known }
    var function = CaptureFunction()
    function.name = text(name)
    function.file = text(file)
    function.firstLine = UInt32(firstLine)
    functions.append(function)
    functionNumbers[key] = UInt32(functions.count - 1)
    return UInt32(functions.count - 1)
  }

  /// The stack of a thread.
  package mutating func thread(_ name: String, _ number: Int) -> UInt32 {
    var thread = CaptureThread()
    thread.name = text(name)
    thread.number = UInt32(number)
    threads.append(thread)
    return stack(below: 0, 0, line: threads.count - 1)
  }

  /// A stack; always a new one, as where two instructions of a line differ.
  package mutating func stack(below parent: UInt32, _ function: UInt32, line: Int) -> UInt32 {
    var stack = CaptureStack()
    stack.parent = parent
    stack.function = function
    stack.line = UInt32(line)
    stacks.append(stack)
    return UInt32(stacks.count - 1)
  }

  /// The stack below a thread of calls that are given as "function file:line".
  package mutating func calls(_ thread: UInt32, _ frames: String...) -> UInt32 {
    frames.reduce(thread) { parent, frame in
      let words = frame.split(separator: " ").map(String.init)
      let place = words[1].split(separator: ":").map(String.init)
      return stack(below: parent, function(words[0], place[0]), line: Int(place[1]) ?? 0)
    }
  }

  /// Notes what a stack allocated, as of the present peak, and returns the number of its counters.
  @discardableResult
  package mutating func holds(
    _ stack: UInt32, atPeak: Int = 0, live: Int = 0, allocated: Int? = nil, blocks: Double = 1,
    variance: Double = 0, liveVariance: Double? = nil, temporary: Int = 0
  ) -> UInt32 {
    var one = CaptureCounters()
    one.stack = stack
    one.epoch = header.peakEpoch
    one.atPeak = atPeak
    one.blocksAtPeak = atPeak == 0 ? 0 : blocks
    one.varianceAtPeak = variance
    one.live = live
    one.liveBlocks = live == 0 ? 0 : blocks
    one.liveVariance = liveVariance ?? (live == 0 ? 0 : variance)
    one.allocated = allocated ?? max(atPeak, live)
    one.allocations = blocks
    one.allocatedVariance = variance
    one.temporary = temporary
    one.temporaryBlocks = temporary == 0 ? 0 : blocks
    counters.append(one)
    stacks[Int(stack)].counters = UInt32(counters.count - 1)
    return UInt32(counters.count - 1)
  }

  /// What was in use at a moment.
  package mutating func moment(_ seconds: Double, live: Int, highest: Int? = nil) {
    var one = CaptureMoment()
    one.moment = Int(seconds * 1e9)
    one.live = live
    one.highest = highest ?? live
    moments.append(one)
  }

  /// What an entry of counters held until a moment.
  package mutating func change(_ counters: UInt32, until seconds: Double, live: Int) {
    var one = CaptureChange()
    one.counters = counters
    one.until = UInt32(seconds * 1000)
    one.live = live
    changes.append(one)
  }

  /// The text of a line.
  package mutating func source(_ file: String, _ line: Int, _ text: String) {
    if sources.isEmpty { sources.append(CaptureSource()) }
    var one = CaptureSource()
    one.file = self.text(file)
    one.line = UInt32(line)
    one.text = self.text(text)
    sources.append(one)
  }

  /// What the program said of a stretch of time, in seconds, or of a moment.
  package mutating func mark(_ name: String, from begin: Double, to end: Double? = nil) {
    if marks.isEmpty { marks.append(CaptureMark()) }
    var one = CaptureMark()
    one.begin = Int(begin * 1e9)
    one.end = Int((end ?? begin) * 1e9)
    one.name = text(name)
    one.processID = header.processID
    marks.append(one)
  }

  // MARK: - The file

  /// The bytes of the file: chunks of all tables in turn, as they come to be while tables grow.
  package func bytes() -> [UInt8] {
    let tables: [(CaptureTable, [UInt8], Int)] = [
      (.strings, texts, texts.count / 4), (.functions, raw(functions), functions.count),
      (.stacks, raw(stacks), stacks.count), (.counters, raw(counters), counters.count),
      (.threads, raw(threads), threads.count), (.moments, raw(moments), moments.count),
      (.timeline, raw(changes), changes.count), (.sources, raw(sources), sources.count),
      (.marks, raw(marks), marks.count),
    ]
    let size = CaptureFormat.chunkSize
    var header = header
    var directory: [UInt32] = []
    var body: [UInt8] = []
    let most = tables.map { ($0.1.count + size - 1) / size }.max() ?? 0
    for round in 0..<most {
      for (table, bytes, _) in tables where round * size < bytes.count {
        let part = bytes[(round * size)..<min(bytes.count, (round + 1) * size)]
        directory.append(UInt32(table.rawValue))
        body += part
        body += [UInt8](repeating: 0, count: size - part.count)
      }
    }
    for (table, _, count) in tables { header.counts[table.rawValue] = UInt32(count) }
    header.chunks = UInt32(1 + directory.count)
    var first = raw([header])
    first += [UInt8](repeating: 0, count: CaptureFormat.directoryOffset - first.count)
    first += raw(directory)
    first += [UInt8](repeating: 0, count: size - first.count)
    return first + body
  }

  private func raw<Entry: BitwiseCopyable>(_ entries: [Entry]) -> [UInt8] {
    unsafe entries.withUnsafeBytes { unsafe Array($0) }
  }

  private func littleEndian(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
