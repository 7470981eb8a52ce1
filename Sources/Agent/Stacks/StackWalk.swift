// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Walking the running thread's stack with plain loads, from inside an allocation: no call into the
// interpreter, no reference, no lock of its. Safe even while the thread has not the interpreter's lock:
// only the thread itself makes and drops its frames, and each holds its code.
//
// The last walk is kept. A new one is compared with it from the outermost frame on, and only what differs
// is looked up. Frames that run are marked besides: the number in a frame that says how much of its stack is
// in use is -1 while it runs, and any negative number means the same to the interpreter, which sets it
// anew whenever the frame is entered or resumed. So a frame that still has our mark has not been left
// since, and nothing outside of it can have changed.

import CAgent
import CaptureFormat

/// A frame of the last walk.
private struct WalkedFrame: BitwiseCopyable {
  var frame = 0
  var code = 0
  var position = 0
  var stack: UInt32 = 0
  /// What was written into the frame; 0 if nothing.
  var mark: Int32 = 0
}

/// A frame that has just been met.
private struct MetFrame: BitwiseCopyable {
  var frame = 0
  var code = 0
  var position = 0
}

/// The last walk of a thread; its frames, outermost first, stand behind the thread's record.
struct LastWalk: BitwiseCopyable {
  var depth = 0
  /// The deaths of code objects when it was made.
  var deaths = 0
  /// Frames that are kept.
  static let mostFrames = 1024
  /// Frames that are shown of deeper stacks, the innermost: few, so that a recursion that goes ever deeper
  /// does not make ever new stacks.
  static let framesOfDeepOnes = 64
}

/// A stack that was made of another by one more frame: a cache with one place for each hash.
///
/// What it says is true while no code object dies.
private struct KnownStack: BitwiseCopyable {
  var code = 0
  var position = 0
  var deaths = 0
  var parent: UInt32 = 0
  var stack: UInt32 = 0
}

private let walkedOffset = 512
private let metOffset = walkedOffset + LastWalk.mostFrames * 32
private let knownOffset = metOffset + LastWalk.mostFrames * 24
/// As many as the hash has values.
private let knownStacks = 128

extension Ref where Target == RecordedThread {
  fileprivate func walked(_ index: Int) -> Ref<WalkedFrame> {
    Ref<WalkedFrame>(known: address &+ walkedOffset &+ index &* 32)
  }

  @inline(__always)
  fileprivate func known(_ code: Int, _ position: Int, below parent: UInt32) -> Ref<KnownStack> {
    let bits = UInt(bitPattern: position &+ code &>> 4 ^ Int(parent) &<< 20)
    let hash = Int(truncatingIfNeeded: (bits &* 0x9E37_79B9_7F4A_7C15) &>> 57)
    return Ref<KnownStack>(known: address &+ knownOffset &+ hash &* 32)
  }

  /// Called when the record becomes another recording's or another thread's.
  func forgetStacks() {
    var index = 0
    while index < knownStacks {
      Ref<KnownStack>(known: address &+ knownOffset &+ index &* 32)[].stack = 0
      index = index &+ 1
    }
  }

  fileprivate func met(_ index: Int) -> Ref<MetFrame> {
    Ref<MetFrame>(known: address &+ metOffset &+ index &* 24)
  }
}

/// A walk of this thread's stack for one recording.
private struct Walk {
  let recording: Ref<Recording>
  let thread: Ref<RecordedThread>
  let ledger: Ref<ThreadLedger>
  let layout: Ref<StackLayout>
}

extension Ref where Target == Recording {
  /// The number of the stack that this thread has now; 0 where there was no room for it.
  func currentStack(_ thread: Ref<RecordedThread>, _ ledger: Ref<ThreadLedger>) -> UInt32 {
    if thread[].root == 0 && !enterThread(thread) { return 0 }
    guard let layout = interpreter.layout else { return thread[].root }
    let state = interpreter.state()
    if state == 0 { return thread[].root }
    let deaths = codeDeaths()
    if thread[].walk.deaths != deaths {
      thread[].walk.depth = 0
      thread[].walk.deaths = deaths
    }
    let walk = Walk(recording: self, thread: thread, ledger: ledger, layout: layout)
    return walk.from(layout[].innermost(of: state), marks: true)
  }
}

extension Walk {
  func from(_ innermost: Int, marks: Bool) -> UInt32 {
    var frame = innermost
    var met = 0
    // How many of the last walk's frames, from the outermost on, are known to be the same.
    var same = 0
    while frame != 0 && met < LastWalk.mostFrames {
      let position = layout[].position(in: frame)
      if marks {
        // Only frames that are shown are marked.
        let mark = Ref<Int32>(known: frame &+ layout[].stackTop)[]
        if mark < -1 {
          let index = Int(0 &- (mark &+ 2)) & (LastWalk.mostFrames &- 1)
          let known = thread.walked(index)
          if index < thread[].walk.depth && known[].frame == frame && known[].mark == mark {
            if met == 0 && known[].position == position && known[].stack != 0 {
              thread[].walk.depth = index &+ 1
              return known[].stack
            }
            same = known[].position == position ? index &+ 1 : index
            if same == index { note(frame, position, &met) }
            break
          }
        }
      }
      if layout[].isShown(frame) { note(frame, position, &met) }
      frame = load(frame &+ layout[].previous)
    }
    if same &+ met > LastWalk.mostFrames {
      // What is behind a mark was not walked: it is needed to see what is shown of a deep stack.
      thread[].walk.depth = 0
      return from(innermost, marks: false)
    }
    if frame != 0 && met == LastWalk.mostFrames {
      thread[].walk.depth = 0
      return merge(LastWalk.framesOfDeepOnes, 0, marks: false)
    }
    return merge(met, same, marks: marks)
  }

  @inline(__always)
  private func note(_ frame: Int, _ position: Int, _ met: inout Int) {
    thread.met(met)[] = MetFrame(
      frame: frame, code: load(frame &+ layout[].code), position: position)
    met = met &+ 1
  }

  /// Puts the frames that were met, innermost first, above those that are the same.
  private func merge(_ met: Int, _ known: Int, marks: Bool) -> UInt32 {
    var same = known
    var left = met
    // Those that were not proved to be the same may be so all the same.
    while left > 0 && same < thread[].walk.depth {
      let one = thread.met(left &- 1)[]
      let former = thread.walked(same)
      if former[].code != one.code || former[].position != one.position { break }
      former[].frame = one.frame
      same = same &+ 1
      left = left &- 1
    }
    var stack = same == 0 ? thread[].root : thread.walked(same &- 1)[].stack
    while left > 0 && same < LastWalk.mostFrames {
      let one = thread.met(left &- 1)[]
      stack = self.stack(below: stack, one)
      if stack == 0 { break }
      thread.walked(same)[] = WalkedFrame(
        frame: one.frame, code: one.code, position: one.position, stack: stack)
      same = same &+ 1
      left = left &- 1
    }
    thread[].walk.depth = same
    if left > 0 { return 0 }
    if marks { mark(from: known) }
    return stack
  }

  /// The number of the stack that a frame makes of another; 0 where there is no room.
  @inline(__always)
  private func stack(below parent: UInt32, _ frame: MetFrame) -> UInt32 {
    let known = thread.known(frame.code, frame.position, below: parent)
    if known[].parent == parent, known[].code == frame.code, known[].position == frame.position,
      known[].deaths == thread[].walk.deaths, known[].stack != 0
    {
      return known[].stack
    }
    let stack = newStack(below: parent, frame)
    known[] = KnownStack(
      code: frame.code, position: frame.position, deaths: thread[].walk.deaths, parent: parent,
      stack: stack)
    return stack
  }

  /// The same for one that the thread has not met of late.
  @inline(never)
  private func newStack(below parent: UInt32, _ frame: MetFrame) -> UInt32 {
    guard recording.hold(thread[].recording) else { return 0 }
    defer { releaseRecordings() }
    guard
      let site = recording[].sites.site(
        frame.code, frame.position, layout[], &recording[].tables)
    else { return 0 }
    return recording[].tables.stack(below: parent, function: site.function, line: site.line)
  }

  /// Marks the frames of the walk that run, from an index on.
  private func mark(from first: Int) {
    let generation = ledger[].nextWalk()
    var index = first
    while index < thread[].walk.depth {
      let walked = thread.walked(index)
      let place = Ref<Int32>(known: walked[].frame &+ layout[].stackTop)
      if place[] < 0 {
        let mark = -2 &- (Int32(truncatingIfNeeded: index) &+ generation &* 1024)
        place[] = mark
        walked[].mark = mark
      } else {
        walked[].mark = 0
      }
      index = index &+ 1
    }
  }
}

extension Ref where Target == Recording {
  /// Enters the thread: its number and the kernel's name of it.
  func enterThread(_ thread: Ref<RecordedThread>) -> Bool {
    var name: InlineArray<16, UInt8> = InlineArray(repeating: 0)
    let number = Int(peakline_thread_id())
    var isNamedLater = false
    guard hold(thread[].recording) else { return false }
    defer {
      releaseRecordings()
      // Not before: it may have to wait for the interpreter's lock.
      if isNamedLater { nameThreadsLater() }
    }
    let text: UInt32 = unsafe withUnsafeMutableBytes(of: &name) { bytes in
      // PR_GET_NAME
      _ = kernel(Int32(SYS_prctl), 16, Int(bitPattern: bytes.baseAddress))
      guard let start = bytes.baseAddress else { return 0 }
      let letters = unsafe start.assumingMemoryBound(to: UInt8.self)
      var length = 0
      while length < 15, unsafe letters[length] != 0 { length = length &+ 1 }
      return unsafe self[].tables.string(letters, length)
    }
    self[].threads &+= 1
    if !thread[].isMet {
      thread[].isMet = true
      self[].ledgers &+= 1
      self[].boundPeak()
    }
    let index =
      self[].threads > mostThreads
      ? UInt32(0)
      : self[].tables.thread(number, name: text, at: self[].now &- self[].start)
    isNamedLater = self[].threads > 1 && index != 0
    // Thread 0 is all those that are not told apart.
    thread[].root = self[].tables.stack(below: 0, function: 0, line: index)
    return thread[].root != 0
  }
}

/// Threads that are told apart: one after the other, a program may have any number.
private let mostThreads = 1000
