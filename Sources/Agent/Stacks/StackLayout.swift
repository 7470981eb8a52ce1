// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Where an interpreter keeps what the stacks of a recording are read from, in bytes.
///
/// Read off each version's headers; they hold for all its patch releases, and are proved on live frames
/// before they are used (`StackProof.swift`).
struct StackLayout: BitwiseCopyable {
  /// In the thread state: its innermost frame; or (`frameHolder`) a record that has it at `frameInHolder`.
  var frame: Int
  var frameHolder: Int?
  /// In a frame: its code, the frame that called, the instruction it stands at, who owns it.
  var code: Int
  var previous: Int
  var instruction: Int
  var owner: Int?
  /// In a frame: how much of its stack is in use, a 32-bit number, which is -1 while it runs.
  var stackTop: Int
  /// In a code object: the first instruction that is traced, in units of two bytes; its instructions; its
  /// file, its name, its first line.
  var firstTraceable: Int?
  var instructions: Int?
  var file: Int
  var name: Int
  var firstLine: Int
  /// In a text: its data, if it is all ASCII, and if not.
  var asciiData: Int
  var otherData: Int

  /// A frame that stands for C code between two of Python.
  static let ownedByC: UInt8 = 3

  static let python310 = StackLayout(
    frame: 24, frameHolder: nil, code: 32, previous: 24, instruction: 96, owner: nil, stackTop: 80,
    firstTraceable: nil, instructions: nil, file: 104, name: 112, firstLine: 40, asciiData: 48,
    otherData: 72)

  static let python311 = StackLayout(
    frame: 8, frameHolder: 56, code: 32, previous: 48, instruction: 56, owner: nil, stackTop: 64,
    firstTraceable: 168, instructions: 184, file: 112, name: 128, firstLine: 72, asciiData: 48,
    otherData: 72)

  static let python312 = StackLayout(
    frame: 0, frameHolder: 56, code: 0, previous: 8, instruction: 56, owner: 70, stackTop: 64,
    firstTraceable: 176, instructions: 192, file: 112, name: 128, firstLine: 68, asciiData: 40,
    otherData: 56)

  static let python313 = StackLayout(
    frame: 72, frameHolder: nil, code: 0, previous: 8, instruction: 56, owner: 70, stackTop: 64,
    firstTraceable: 184, instructions: 200, file: 112, name: 128, firstLine: 68, asciiData: 40,
    otherData: 56)

  /// The layout of a version, as in `sys.hexversion`; nil for one that is not known.
  static func of(version: UInt32) -> StackLayout? {
    switch version &>> 16 {
    case 0x030A: python310
    case 0x030B: python311
    case 0x030C: python312
    case 0x030D: python313
    default: nil
    }
  }

  /// The innermost frame of a thread; 0 without one.
  @inline(__always)
  func innermost(of threadState: Int) -> Int {
    guard let frameHolder else { return load(threadState &+ frame) }
    return load(load(threadState &+ frameHolder) &+ frame)
  }

  /// Whether a frame is one of Python's that has begun; others are passed over.
  ///
  /// A frame that is just being made, before its first instruction that counts, is its caller's doing.
  @inline(__always)
  func isShown(_ frame: Int) -> Bool {
    if let owner, Ref<UInt8>(known: frame &+ owner)[] == StackLayout.ownedByC { return false }
    guard let firstTraceable, let instructions else { return true }
    let code = load(frame &+ code)
    let first = Int(Ref<Int32>(known: code &+ firstTraceable)[]) &* 2
    return load(frame &+ instruction) &- (code &+ instructions) >= first
  }

  /// What stands for the instruction in comparisons.
  @inline(__always)
  func position(in frame: Int) -> Int {
    if instructions == nil { return Int(Ref<Int32>(known: frame &+ instruction)[]) }
    return load(frame &+ instruction)
  }

  /// The same as an offset in bytes from the code's beginning, as the interpreter's own functions take it.
  @inline(__always)
  func offset(of position: Int, in code: Int) -> Int {
    guard let instructions else { return position &* 2 }
    return position &- (code &+ instructions)
  }
}
