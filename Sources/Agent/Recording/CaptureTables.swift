// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The tables of a capture as the agent fills them: each entry once, found again by what it holds. Used
// with the recording held. A number of 0 means that there was no room.

import CAgent
import CaptureFormat

/// The strings, functions, stacks, counters and threads of a capture.
struct CaptureTables {
  var file = CaptureFile()
  private var strings = HashIndex()
  private var functions = HashIndex()
  private var stacks = HashIndex()

  /// The agent's own memory for finding them, in bytes.
  var bytes: Int { strings.bytes &+ functions.bytes &+ stacks.bytes }

  @inline(__always)
  private func count(_ table: CaptureTable) -> Int {
    Int(unsafe file.header[].counts[unchecked: table.rawValue])
  }

  private func setCount(_ table: CaptureTable, _ count: Int) {
    unsafe file.header[].counts[unchecked: table.rawValue] = UInt32(truncatingIfNeeded: count)
  }

  /// The next entry of a table, whose first is left blank; it counts when `publish` says so.
  private mutating func next<Entry: BitwiseCopyable>(
    _ table: CaptureTable, _: Entry.Type
  ) -> (index: Int, entry: Ref<Entry>)? {
    let index = max(1, count(table))
    let place = file.entry(table, index, stride: MemoryLayout<Entry>.stride)
    guard let entry = Ref<Entry>(address: place) else { return nil }
    return (index, entry)
  }

  private func publish(_ table: CaptureTable, _ index: Int) { setCount(table, index &+ 1) }

  // MARK: - Strings

  /// The number of a text.
  mutating func string(_ text: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    if length == 0 { return 0 }
    let code = unsafe hashOf(text, length)
    let base = file.base(.strings)
    let found = strings.find(code) { number in
      unsafe isText(base &+ Int(number), text, length)
    }
    if found != 0 { return found }
    // The first word is the empty text.
    let start = max(1, count(.strings))
    let words = 1 &+ (length &+ 3) / 4
    // What does not fit in the present chunk may go on in the next: they lie side by side.
    guard file.entry(.strings, start &+ words &- 1, stride: 4) != 0 else { return 0 }
    let place = file.base(.strings) &+ start &* 4
    Ref<UInt32>(known: place)[] = UInt32(truncatingIfNeeded: length)
    var index = 0
    while index < length {
      Ref<UInt8>(known: place &+ 4 &+ index)[] = unsafe text[index]
      index = index &+ 1
    }
    let number = UInt32(truncatingIfNeeded: start &* 4)
    setCount(.strings, start &+ words)
    let known = file.base(.strings)
    _ = strings.insert(code, number) { hash(ofText: known &+ Int($0)) }
    return number
  }

  // MARK: - Functions

  private func function(_ index: UInt32) -> Ref<CaptureFunction> {
    Ref(known: file.base(.functions) &+ Int(index) &* MemoryLayout<CaptureFunction>.stride)
  }

  /// The number of a function; one that is compiled again from the same place is the same.
  mutating func function(named name: UInt32, file path: UInt32, firstLine: UInt32) -> UInt32 {
    var wanted = CaptureFunction()
    wanted.name = name
    wanted.file = path
    wanted.firstLine = firstLine
    let code = hash(of: wanted)
    let present = self.file.base(.functions)
    let size = MemoryLayout<CaptureFunction>.stride
    let found = functions.find(code) { number in
      let one = Ref<CaptureFunction>(known: present &+ Int(number) &* size)[]
      return one.name == name && one.file == path && one.firstLine == firstLine
    }
    if found != 0 { return found }
    guard let (index, entry) = next(.functions, CaptureFunction.self) else { return 0 }
    entry[] = wanted
    publish(.functions, index)
    let base = self.file.base(.functions)
    let number = UInt32(truncatingIfNeeded: index)
    _ = functions.insert(code, number) {
      hash(of: Ref<CaptureFunction>(known: base &+ Int($0) &* size)[])
    }
    return number
  }

  // MARK: - Stacks

  @inline(__always)
  func stack(_ index: UInt32) -> Ref<CaptureStack> {
    Ref(known: file.base(.stacks) &+ Int(index) &* MemoryLayout<CaptureStack>.stride)
  }

  /// The number of a stack; 0 where there is no room, or its parent is 0 and it is not a thread.
  mutating func stack(below parent: UInt32, function: UInt32, line: UInt32) -> UInt32 {
    let code = hash(ofStackBelow: parent, function, line)
    let present = file.base(.stacks)
    let size = MemoryLayout<CaptureStack>.stride
    let found = stacks.find(code) { number in
      let one = Ref<CaptureStack>(known: present &+ Int(number) &* size)[]
      return one.parent == parent && one.function == function && one.line == line
    }
    if found != 0 { return found }
    guard let (index, entry) = next(.stacks, CaptureStack.self) else { return 0 }
    var stack = CaptureStack()
    stack.parent = parent
    stack.function = function
    stack.line = line
    entry[] = stack
    publish(.stacks, index)
    let base = file.base(.stacks)
    let number = UInt32(truncatingIfNeeded: index)
    _ = stacks.insert(code, number) {
      let one = Ref<CaptureStack>(known: base &+ Int($0) &* size)[]
      return hash(ofStackBelow: one.parent, one.function, one.line)
    }
    return number
  }

  // MARK: - Counters

  @inline(__always)
  func counters(_ index: UInt32) -> Ref<CaptureCounters> {
    Ref(known: file.base(.counters) &+ Int(index) &* MemoryLayout<CaptureCounters>.stride)
  }

  /// The counters of a stack, made when it is first asked; 0 where there is no room.
  mutating func counters(of stack: UInt32) -> UInt32 {
    let present = self.stack(stack)[].counters
    if present != 0 { return present }
    guard let (index, entry) = next(.counters, CaptureCounters.self) else { return 0 }
    var counters = CaptureCounters()
    counters.stack = stack
    counters.epoch = file.header[].peakEpoch
    entry[] = counters
    publish(.counters, index)
    self.stack(stack)[].counters = UInt32(truncatingIfNeeded: index)
    return UInt32(truncatingIfNeeded: index)
  }

  // MARK: - Threads

  /// Notes a thread; 0 where there is no room.
  mutating func thread(_ number: Int, name: UInt32, at moment: Int) -> UInt32 {
    guard let (index, entry) = next(.threads, CaptureThread.self) else { return 0 }
    var thread = CaptureThread()
    thread.number = UInt32(truncatingIfNeeded: number)
    thread.name = name
    thread.firstMoment = moment
    entry[] = thread
    publish(.threads, index)
    return UInt32(truncatingIfNeeded: index)
  }

  /// Gives a thread another name: the last that had this number.
  mutating func nameThread(
    _ number: Int, _ name: UnsafePointer<UInt8>, _ length: Int
  ) {
    var index = count(.threads) &- 1
    while index > 0 {
      let thread = Ref<CaptureThread>(
        known: file.base(.threads) &+ index &* MemoryLayout<CaptureThread>.stride)
      if Int(thread[].number) == number {
        let text = unsafe string(name, length)
        if text != 0 { thread[].name = text }
        return
      }
      index = index &- 1
    }
  }

  // MARK: - Marks

  /// Notes a moment of the program's, or the end of a stretch, if there is room.
  ///
  /// A stretch whose beginning was not noted is told of as a whole.
  mutating func mark(_ text: UnsafePointer<UInt8>, _ length: Int, from begin: Int, to end: Int) {
    var mark = CaptureMark()
    mark.begin = begin
    mark.end = end
    mark.name = unsafe string(text, length)
    mark.processID = file.header[].processID
    let count = count(.marks)
    if end > begin {
      // Most stretches end soon: their beginnings are among the last.
      var index = count &- 1
      while index > 0 {
        let place = file.base(.marks) &+ index &* MemoryLayout<CaptureMark>.stride
        let former = Ref<CaptureMark>(known: place)
        if former[].begin == begin, former[].name == mark.name {
          former[].end = end
          return
        }
        index = index &- 1
      }
    }
    guard count <= CaptureMark.most, let (index, entry) = next(.marks, CaptureMark.self) else {
      return
    }
    entry[] = mark
    publish(.marks, index)
  }

  /// Gives everything back.
  mutating func close() {
    strings.clear()
    functions.clear()
    stacks.clear()
    file.close()
  }
}

private func hashOf(_ text: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  var index = 0
  while index < length {
    hash = unsafe (hash ^ UInt64(text[index])) &* 0x100_0000_01B3
    index = index &+ 1
  }
  return mixed(hash)
}

private func hash(ofText place: Int) -> UInt64 {
  guard let text = unsafe UnsafePointer<UInt8>(bitPattern: place &+ 4) else { return 0 }
  return unsafe hashOf(text, Int(Ref<UInt32>(known: place)[]))
}

private func isText(_ place: Int, _ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
  if Int(Ref<UInt32>(known: place)[]) != length { return false }
  var index = 0
  while index < length {
    if unsafe Ref<UInt8>(known: place &+ 4 &+ index)[] != text[index] { return false }
    index = index &+ 1
  }
  return true
}

private func hash(of function: CaptureFunction) -> UInt64 {
  mixed(
    UInt64(function.name) &<< 32 ^ UInt64(function.file)
      ^ UInt64(function.firstLine) &* 0x9E37_79B9_7F4A_7C15)
}

@inline(__always)
private func hash(ofStackBelow parent: UInt32, _ function: UInt32, _ line: UInt32) -> UInt64 {
  mixed(
    UInt64(parent) &<< 32 ^ UInt64(function) &* 0x9E37_79B9_7F4A_7C15
      ^ UInt64(line) &* 0xC2B2_AE3D_27D4_EB4F)
}
