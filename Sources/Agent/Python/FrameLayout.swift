// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Where CPython 3.10 and 3.11 keep what the evaluation hook reads, in bytes.
///
/// Each field was read off the version's headers and holds for all of its patch releases; Python
/// proves it at start with a function whose table is known.
struct FrameLayout: BitwiseCopyable {
  /// In the frame that the hook is handed: its code object.
  var code: Int
  /// In the frame: the last instruction, as an index (3.10) or a pointer (3.11).
  var instruction: Int
  var instructionIsIndex: Bool
  /// In the thread state: the C trace function, and its object.
  var trace: Int
  var traceObject: Int
  /// The part of a C stack that hooked frames may fill: 3.11 needs none below it for calls that are
  /// not hooked, 3.10 does.
  var stackShare: UInt
  /// In the frame: the frame object that stands for it in Python, where a frame is not one itself; in the
  /// code object: the array of lines that tracing makes.
  ///
  /// 0 where there is none.
  var frameObject = 0
  var lines = 0
  /// The instruction at which a generator is suspended.
  static let yieldInstruction: UInt8 = 86

  static let python310 = FrameLayout(
    code: 32, instruction: 96, instructionIsIndex: true, trace: 64, traceObject: 80, stackShare: 4)

  static let python311 = FrameLayout(
    code: 32, instruction: 56, instructionIsIndex: false, trace: 72, traceObject: 88, stackShare: 2,
    frameObject: 40, lines: 160)

  /// The last instruction of `frame`, in bytes from the start of the code.
  ///
  /// `codeStart` is where a code object's instructions begin.
  @inline(__always)
  func lastInstruction(of frame: Int, code address: Int, codeStart: Int) -> Int {
    if instructionIsIndex {
      return Int(Ref<Int32>(address: frame &+ instruction)?[] ?? -1) &* 2
    }
    return load(frame &+ instruction) &- address &- codeStart
  }

  /// The bytes that are asked for a frame object of a code: what stands before each object that the
  /// collector knows, the type's own size, and a word for each variable and each place on the stack
  /// (`_PyFrame_New_NoTrack` of CPython 3.11).
  func frameBytes(of object: Int, code: Int) -> Int {
    let type = load(object &+ 8)
    let slots = Int(half(code &+ 76)) &+ Int(half(code &+ 68))
    return FrameLayout.collectorHeader
      &+ ((load(type &+ 32) &+ slots &* load(type &+ 40) &+ 7) & ~7)
  }

  /// The bytes that are asked for a code object's array of lines: two or four for each instruction
  /// (`_PyCode_CreateLineArray` of CPython 3.11).
  func lineBytes(of code: Int) -> Int {
    load(code &+ 16) &* Int(Ref<Int16>(address: code &+ 54)?[] ?? 0)
  }

  private func half(_ address: Int) -> Int32 { Ref<Int32>(address: address)?[] ?? 0 }

  /// What stands before an object for the garbage collector.
  static let collectorHeader = 16

  /// Whether the last instruction of a frame was the one that suspends it.
  func isAtYield(frame: Int) -> Bool {
    if instructionIsIndex { return false }
    return Ref<UInt8>(address: load(frame &+ instruction))?[] == FrameLayout.yieldInstruction
  }
}

/// The word at an address inside a live object.
@inline(__always)
func load(_ address: Int) -> Int { Ref<Int>(address: address)?[] ?? 0 }
