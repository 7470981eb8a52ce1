// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// The interpreter whose stacks are recorded: what is called in it, and what is known of it.
///
/// Found by name in the process, so that it serves a program that nobody told of Peakline.
struct Interpreter {
  typealias State = @convention(c) () -> Int
  typealias Answer = @convention(c) () -> Int32
  typealias Text = @convention(c) () -> Int
  typealias Line = @convention(c) (Int, Int32) -> Int32
  typealias Later = @convention(c) (PendingCall, Int) -> Int32
  typealias PendingCall = @convention(c) (Int) -> Int32

  private var ownState: State?
  private var currentState: State?
  private var isInitialized: Answer?
  private var isFinalizing: Answer?
  private var versionText: Text?
  private var lineAt: Line?
  private var later: Later?
  private var library = 0
  private var codeType = 0
  private var place = 0

  private(set) var threadNames = ThreadNames()
  /// As in `sys.hexversion`, without the level of the release.
  private(set) var version: UInt32 = 0
  /// Where to read; nil while, or if, stacks cannot be read.
  private(set) var layout: Ref<StackLayout>?
  /// There is an interpreter in the process, and it is not seen to be ready yet.
  private(set) var isAwaited = false

  /// Looks for the interpreter's functions; false if this is no Python program.
  mutating func find(in library: Int) -> Bool {
    self.library = library
    ownState = symbol("PyGILState_GetThisThreadState", in: library, as: State.self)
    currentState =
      symbol("PyThreadState_GetUnchecked", in: library, as: State.self)
      ?? symbol("_PyThreadState_UncheckedGet", in: library, as: State.self)
    isInitialized = symbol("Py_IsInitialized", in: library, as: Answer.self)
    isFinalizing =
      symbol("Py_IsFinalizing", in: library, as: Answer.self)
      ?? symbol("_Py_IsFinalizing", in: library, as: Answer.self)
    versionText = symbol("Py_GetVersion", in: library, as: Text.self)
    lineAt = symbol("PyCode_Addr2Line", in: library, as: Line.self)
    later = symbol("Py_AddPendingCall", in: library, as: Later.self)
    threadNames.find(in: library)
    codeType = address(of: "PyCode_Type", in: library)
    return ownState != nil && currentState != nil && isInitialized != nil && isFinalizing != nil
      && versionText != nil && lineAt != nil && later != nil && codeType != 0
  }

  /// Whether an address is in the interpreter's own code: near a function of it.
  func contains(_ code: Address) -> Bool {
    guard let isInitialized else { return false }
    let distance = code &- address(of: isInitialized)
    return distance < 1 &<< 26 && distance > -(1 &<< 26)
  }

  /// Waits for the interpreter to be ready.
  mutating func await() { isAwaited = true }
  mutating func stopAwaiting() { isAwaited = false }

  /// Whether the interpreter is ready and this thread has its lock.
  func isReadyHere() -> Bool {
    guard let isInitialized, let ownState, let currentState, isInitialized() != 0 else {
      return false
    }
    let own = ownState()
    return own != 0 && own == currentState()
  }

  /// Takes the layout of the interpreter's version into use, if a look at this thread's frames does not
  /// speak against it.
  ///
  /// Changes nothing and allocates nothing.
  mutating func readVersion() -> StackLayout? {
    version = hexversion()
    guard !isFreeThreaded() else { return nil }
    return StackLayout.of(version: version)
  }

  /// Whether all that a layout leads to from this thread's state looks like frames.
  func looksRight(_ layout: StackLayout) -> Bool {
    guard let ownState else { return false }
    let state = ownState()
    if state == 0 { return false }
    var frame = layout.innermost(of: state)
    var count = 0
    while frame != 0 && count < 64 {
      if frame & 7 != 0 { return false }
      if let owner = layout.owner,
        Ref<UInt8>(known: frame &+ owner)[] == StackLayout.ownedByC
      {
        frame = load(frame &+ layout.previous)
        continue
      }
      let code = load(frame &+ layout.code)
      if code == 0 || code & 7 != 0 || load(code &+ 8) != codeType { return false }
      let offset = layout.offset(of: layout.position(in: frame), in: code)
      if offset < -2 || offset > 1 &<< 24 { return false }
      frame = load(frame &+ layout.previous)
      count = count &+ 1
    }
    return true
  }

  mutating func use(_ layout: StackLayout?) {
    self.layout = nil
    guard let layout, let place = Ref<StackLayout>(address: layoutPlace()) else { return }
    place[] = layout
    self.layout = place
  }

  private mutating func layoutPlace() -> Int {
    if place == 0 { place = mapForLedger(MemoryLayout<StackLayout>.stride) ?? 0 }
    return place
  }

  /// Has the interpreter call a function when it is between two instructions, on its main thread; false
  /// if it does not take that on, or is not there any more.
  @discardableResult
  func callLater(_ function: PendingCall) -> Bool {
    guard let later, let isInitialized, let isFinalizing, isInitialized() != 0, isFinalizing() == 0
    else { return false }
    return later(function, 0) == 0
  }

  /// This thread's state, whether or not it has the interpreter's lock; 0 for a thread without one, and
  /// while the interpreter ends: then states are freed that threads still point to.
  @inline(__always)
  func state() -> Int {
    guard let ownState, let isFinalizing, isFinalizing() == 0 else { return 0 }
    return ownState()
  }

  /// The line of an instruction: reads only, and needs no lock for a code object that is running.
  func line(of code: Int, at offset: Int) -> Int {
    guard let lineAt else { return 0 }
    return Int(lineAt(code, Int32(truncatingIfNeeded: offset)))
  }

  /// From a text such as "3.12.1 (main, …".
  private func hexversion() -> UInt32 {
    guard let versionText,
      let text = unsafe UnsafePointer<UInt8>(bitPattern: versionText())
    else { return 0 }
    var position = 0
    var parts: InlineArray<3, Int> = InlineArray(repeating: 0)
    var part = 0
    while part < 3 {
      let value = unsafe number(in: text, count: 32, at: &position)
      if value < 0 { return 0 }
      unsafe parts[unchecked: part] = value
      part = part &+ 1
      if part < 3, unsafe text[position] != 46 { return 0 }
      position = position &+ 1
    }
    return unsafe UInt32(truncatingIfNeeded: parts[unchecked: 0]) &<< 24
      | UInt32(truncatingIfNeeded: parts[unchecked: 1] & 255) &<< 16
      | UInt32(truncatingIfNeeded: parts[unchecked: 2] & 255) &<< 8
  }

  /// CPython 3.13 says so itself, behind the eight bytes of a mark and a version.
  private func isFreeThreaded() -> Bool {
    let runtime = address(of: "_PyRuntime", in: library)
    if runtime == 0 || version < 0x030D_0000 { return false }
    // "xdebugpy"
    guard load(runtime) == 0x7970_6775_6265_6478 else { return true }
    return load(runtime &+ 16) != 0
  }
}

/// The one of the process.
@safe nonisolated(unsafe) var interpreter = Interpreter()
