// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// The line engine's events before CPython 3.12: the frame evaluation hook of PEP 523, and a C
/// trace function that is on only while a watched frame itself runs.
///
/// A trace function alone slows every line of everything that is called. The hook sees each frame
/// come and go, and switches tracing at the border: on for watched frames, back to what was there
/// before for what they call. It is installed only while a session is on. A trace function that was
/// on before gets every event of watched frames handed on.
struct EvaluationHook: ~Copyable {
  typealias Evaluate = @convention(c) (PyObject, PyObject, Int32) -> PyObject
  typealias Trace = @convention(c) (PyObject, PyObject, Int32, PyObject) -> Int32
  typealias SetTrace = @convention(c) (Trace?, PyObject) -> Void
  typealias GetHook = @convention(c) (PyObject) -> Evaluate?
  typealias SetHook = @convention(c) (PyObject, Evaluate?) -> Void
  typealias Interpreter = @convention(c) () -> PyObject
  typealias LineOfFrame = @convention(c) (PyObject) -> Int32
  typealias OfObject = @convention(c) (PyObject) -> Void
  typealias FetchError = @convention(c) (Int, Int, Int) -> Void
  typealias RestoreError = @convention(c) (PyObject, PyObject, PyObject) -> Void

  private var layout: FrameLayout?
  private var codeStart = 0
  private var interpreter: PyObject = 0
  private var getHook: GetHook?
  private var setHook: SetHook?
  private var setTrace: SetTrace?
  private var lineOfFrame: LineOfFrame?
  private var retain: OfObject?
  private var release: OfObject?
  private var fetchError: FetchError?
  private var restoreError: RestoreError?

  /// What was installed before: another hook (a compiler's, a debugger's), or the interpreter's own
  /// function.
  private var previous: Evaluate?
  private var isInstalled = false

  /// Calls that ran unhooked because the C stack was too full.
  fileprivate(set) var tooDeep = 0

  /// Prepares for this interpreter; false if it lacks a function or is of no version whose layout
  /// is known.
  mutating func configure(minor: Int32, codeStart: Int, library: Int) -> Bool {
    switch minor {
    case 10: layout = .python310
    case 11: layout = .python311
    default: return false
    }
    self.codeStart = codeStart
    getHook = symbol("_PyInterpreterState_GetEvalFrameFunc", in: library, as: GetHook.self)
    setHook = symbol("_PyInterpreterState_SetEvalFrameFunc", in: library, as: SetHook.self)
    setTrace = symbol("PyEval_SetTrace", in: library, as: SetTrace.self)
    lineOfFrame = symbol("PyFrame_GetLineNumber", in: library, as: LineOfFrame.self)
    retain = symbol("Py_IncRef", in: library, as: OfObject.self)
    release = symbol("Py_DecRef", in: library, as: OfObject.self)
    fetchError = symbol("PyErr_Fetch", in: library, as: FetchError.self)
    restoreError = symbol("PyErr_Restore", in: library, as: RestoreError.self)
    let main = symbol("PyInterpreterState_Get", in: library, as: Interpreter.self)
    previous = symbol("_PyEval_EvalFrameDefault", in: library, as: Evaluate.self)
    guard getHook != nil, setHook != nil, setTrace != nil, lineOfFrame != nil, retain != nil,
      release != nil, fetchError != nil, restoreError != nil, previous != nil, let main
    else {
      layout = nil
      return false
    }
    interpreter = main()
    return true
  }

  /// Installs the hook or takes it out again.
  @inline(__always)
  mutating func update(needed: Bool) {
    if layout != nil && needed != isInstalled { install(needed) }
  }

  fileprivate mutating func install(_ wanted: Bool) {
    guard let getHook, let setHook else { return }
    if wanted {
      let current = getHook(interpreter)
      // Another tool may have put its hook over ours while ours was in place, and kept it: then we
      // still are called, by that tool.
      if !isOurs(current) { previous = current }
      setHook(interpreter, evaluateFrame)
    } else if isOurs(getHook(interpreter)) {
      setHook(interpreter, previous)
    }
    isInstalled = wanted
  }

  private func isOurs(_ hook: Evaluate?) -> Bool {
    unsafe unsafeBitCast(hook, to: Int.self)
      == unsafeBitCast(evaluateFrame as Evaluate, to: Int.self)
  }

  // MARK: - A frame

  @inline(__always)
  fileprivate func evaluate(_ state: PyObject, _ frame: PyObject, _ throwing: Int32) -> PyObject {
    guard let previous else { return 0 }
    return previous(state, frame, throwing)
  }

  @inline(__always)
  fileprivate mutating func run(_ state: PyObject, _ frame: PyObject, _ throwing: Int32)
    -> PyObject
  {
    guard let layout, let thread = engine.currentThread() else {
      return evaluate(state, frame, throwing)
    }
    let address = load(frame &+ layout.code)
    let code = engine.watched[address]
    if code == nil && !thread[].isTracing {
      if peakline_stack_position() < floor(of: thread) {
        return evaluateUnhooked(state, frame, throwing)
      }
      return evaluate(state, frame, throwing)
    }
    guard let code else { return evaluateUntraced(thread, state, frame, throwing) }
    return evaluateWatched(code, address, thread, state, frame, throwing)
  }

  /// A frame that a watched one called: tracing is off while it runs.
  @inline(never)
  private mutating func evaluateUntraced(
    _ thread: Ref<ThreadRecord>, _ state: PyObject, _ frame: PyObject, _ throwing: Int32
  ) -> PyObject {
    endTracing(thread, state)
    let result =
      peakline_stack_position() < floor(of: thread)
      ? evaluateUnhooked(state, frame, throwing) : evaluate(state, frame, throwing)
    keepingError(result) { hook in hook.beginTracing(thread, state) }
    return result
  }

  @inline(never)
  private mutating func evaluateWatched(
    _ code: Ref<WatchedCode>, _ address: Int, _ thread: Ref<ThreadRecord>, _ state: PyObject,
    _ frame: PyObject, _ throwing: Int32
  ) -> PyObject {
    guard let layout else { return 0 }
    let instruction = layout.lastInstruction(
      of: frame, code: address, codeStart: codeStart)
    // On 3.11 the call of a generator function evaluates a frame that only makes the generator.
    if !layout.instructionIsIndex && code[].suspends && instruction < 0 {
      return evaluate(state, frame, throwing)
    }
    let wasTracing = thread[].isTracing
    if throwing != 0 {
      keepingError(0) { hook in
        engine.enter(code, resumingAt: python.line(ofCode: address, at: max(instruction, 0)))
        if !wasTracing { hook.beginTracing(thread, state) }
      }
    } else {
      let isFresh = instruction <= Int(code[].startOffset)
      engine.enter(
        code, resumingAt: isFresh ? nil : python.line(ofCode: address, at: instruction))
      if !wasTracing || !isTraced(state) { beginTracing(thread, state) }
    }
    let result = evaluate(state, frame, throwing)
    keepingError(result) { hook in
      engine.leave(code: address)
      if !wasTracing { hook.endTracing(thread, state) }
    }
    return result
  }

  /// Runs `body`, which may call Python, with the pending error of a frame that gave no result put
  /// aside.
  @inline(__always)
  private mutating func keepingError(
    _ result: PyObject, _ body: (inout EvaluationHook) -> Void
  ) {
    if result != 0 {
      body(&self)
      return
    }
    guard let fetchError, let restoreError else { return }
    var error = (type: 0, value: 0, traceback: 0)
    unsafe withUnsafeMutablePointer(to: &error) { pointer in
      let place = Int(bitPattern: pointer)
      fetchError(place, place &+ 8, place &+ 16)
    }
    body(&self)
    restoreError(error.type, error.value, error.traceback)
  }

  // MARK: - Tracing

  private func isTraced(_ state: PyObject) -> Bool {
    guard let layout else { return false }
    return unsafe load(state &+ layout.trace) == unsafeBitCast(traceFrame as Trace, to: Int.self)
  }

  /// Puts our trace function on, over what is there now.
  ///
  /// Its object is the other's, so `sys.gettrace()` says what it said before.
  private func beginTracing(_ thread: Ref<ThreadRecord>, _ state: PyObject) {
    guard let layout, let setTrace, let retain, let release else { return }
    let former = thread[].outerTraceObject
    let wasTracing = thread[].isTracing
    thread[].outerTrace = load(state &+ layout.trace)
    thread[].outerTraceObject = load(state &+ layout.traceObject)
    let object = thread[].outerTraceObject
    if object != 0 { retain(object) }
    setTrace(traceFrame, object)
    thread[].isTracing = true
    if wasTracing, former != 0 { release(former) }
  }

  /// Puts back what was on before ours, unless the program has set another meanwhile.
  private func endTracing(_ thread: Ref<ThreadRecord>, _ state: PyObject) {
    guard let setTrace, let release else { return }
    let object = thread[].outerTraceObject
    if isTraced(state) {
      setTrace(unsafe unsafeBitCast(thread[].outerTrace, to: Trace?.self), object)
    }
    thread[].isTracing = false
    thread[].outerTraceObject = 0
    if object != 0 { release(object) }
  }

  @inline(__always)
  fileprivate func traced(
    _ object: PyObject, _ frame: PyObject, _ what: Int32, _ argument: PyObject
  ) -> Int32 {
    guard let lineOfFrame,
      let thread = Ref<ThreadRecord>(
        address: Int(bitPattern: unsafe peakline_thread_slot().pointee))
    else { return 0 }
    if what == 2, let top = thread[].top {
      engine.line(Int(lineOfFrame(frame)), ofCode: top[].codeAddress)
    }
    guard thread[].outerTrace != 0,
      let outer = unsafe unsafeBitCast(thread[].outerTrace, to: Trace?.self)
    else { return 0 }
    return outer(object, frame, what, argument)
  }

  // MARK: - The C stack

  /// Where hooked frames have to stop on this thread's stack.
  ///
  /// The hook makes every Python call take C stack, which 3.11 by itself does not; a program that
  /// recurses ten thousand deep would overflow.
  @inline(__always)
  private func floor(of thread: Ref<ThreadRecord>) -> UInt {
    let known = thread[].stackFloor
    return known != 0 ? known : findFloor(of: thread)
  }

  @inline(never)
  private func findFloor(of thread: Ref<ThreadRecord>) -> UInt {
    var floor: UInt = 1
    if let layout, let bounds = stackBounds() {
      floor = bounds.high &- (bounds.high &- bounds.low) &>> (layout.stackShare &>> 1)
    }
    thread[].stackFloor = floor
    return floor
  }

  /// Takes the hook out while this frame runs: what it calls is not seen, and uses no more stack
  /// than without us.
  @inline(never)
  private mutating func evaluateUnhooked(
    _ state: PyObject, _ frame: PyObject, _ throwing: Int32
  ) -> PyObject {
    tooDeep = tooDeep &+ 1
    if isInstalled { install(false) }
    let result = evaluate(state, frame, throwing)
    update(needed: engine.sessionsOn > 0)
    return result
  }
}

/// The one hook of the process.
@safe nonisolated(unsafe) var evaluationHook = EvaluationHook()

private func evaluateFrame(_ state: PyObject, _ frame: PyObject, _ throwing: Int32) -> PyObject {
  evaluationHook.run(state, frame, throwing)
}

private func traceFrame(
  _ object: PyObject, _ frame: PyObject, _ what: Int32, _ argument: PyObject
) -> Int32 {
  evaluationHook.traced(object, frame, what, argument)
}

/// Prepares the hook for CPython 3.`minor`; `codeStart` is the offset of the instructions in a code
/// object.
///
/// 0: it cannot serve this one.
@c(peakline_hook_configure)
public func hookConfigure(_ minor: Int32, _ codeStart: Int, _ library: Int) -> Int32 {
  evaluationHook.configure(minor: minor, codeStart: codeStart, library: library) ? 1 : 0
}
